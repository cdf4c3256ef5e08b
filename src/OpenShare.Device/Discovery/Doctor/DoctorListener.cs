using System.Net;
using System.Net.Sockets;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Discovery.Doctor;

/// <summary>
/// Where an agent that is started to find out what is wrong listens: where it is told to, or, where just that cannot be had, at
/// any free port.
/// </summary>
internal static class DoctorListener
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.IPv6Any, 0);

    /// <param name="trouble">why it is not where it was told to</param>
    /// <exception cref="TransportException">for any other reason</exception>
    internal static ITransportListener Open(ITransport transport, IPEndPoint wanted, out ListeningFacts? trouble)
    {
        try
        {
            trouble = null;
            return transport.Listen(wanted);
        }
        catch (TransportException error) when (error.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable } socket)
        {
            trouble = socket.SocketErrorCode == SocketError.AddressAlreadyInUse ? new ListeningFacts.Taken(wanted) : new ListeningFacts.NoSuchAddress(wanted);
            return transport.Listen(Anywhere);
        }
    }
}
