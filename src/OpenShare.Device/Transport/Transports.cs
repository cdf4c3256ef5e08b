using OpenShare.Device.Transport.Quic;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Device.Transport;

/// <summary>The transport of a real device: QUIC's library is looked for only where QUIC may be used.</summary>
internal static class Transports
{
    /// <param name="library">where the QUIC library lies; null: where the system looks</param>
    /// <returns>with the rule that is left, where this machine has no QUIC</returns>
    /// <exception cref="TransportException">there is no QUIC library at that path, or none at all and nothing but QUIC is wanted</exception>
    internal static (ITransport Transport, CarrierRule Rule) Of(CarrierRule rule, string? library)
    {
        if (rule == CarrierRule.Tcp)
            return (new TcpTransport(), rule);
        if (QuicLibrary.IsThere(library) && (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()))
            return (rule == CarrierRule.Quic ? new QuicTransport() : new TcpAndQuicTransport(), rule);
        return rule == CarrierRule.Measured
            ? (new TcpTransport(), CarrierRule.Tcp)
            : throw new TransportException(OperatingSystem.IsWindows()
                ? "There is no QUIC on Windows yet. Start without OPENSHARE__CARRIERS."
                : "This machine has no QUIC library (MsQuic). Install it, say where it lies with OPENSHARE_MSQUIC, or start without OPENSHARE__CARRIERS.");
    }
}
