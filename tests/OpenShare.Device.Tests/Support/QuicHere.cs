using OpenShare.Device.Transport.Quic;

namespace OpenShare.Device.Tests.Support;

/// <summary>Tests of QUIC run where its library is: in a place that the system looks at, or where OPENSHARE_MSQUIC says.</summary>
internal static class QuicHere
{
    internal static void Needed() => Skip.IfNot(
        QuicLibrary.IsThere(Environment.GetEnvironmentVariable("OPENSHARE_MSQUIC")),
        "This machine has no QUIC library; OPENSHARE_MSQUIC=/path/to/libmsquic.so.2 says where one lies.");

    internal static QuicTransport Transport()
    {
        Needed();
        return new QuicTransport();
    }
}
