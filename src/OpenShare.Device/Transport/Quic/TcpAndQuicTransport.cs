using System.Net;
using System.Runtime.Versioning;
using OpenShare.Device.Transport.Tcp;

namespace OpenShare.Device.Transport.Quic;

/// <summary>TCP for links and, at first, for their streams; QUIC beside it, at the port of the same number, for streams that go better by it.</summary>
[SupportedOSPlatform("linux"), SupportedOSPlatform("macos")]
public sealed class TcpAndQuicTransport : ITransport
{
    private readonly TcpTransport _tcp = new();
    private readonly QuicTransport _quic = new();

    public ITransport Quic => _quic;

    public ITransportListener Listen(IPEndPoint endpoint)
    {
        var tcp = _tcp.Listen(endpoint);
        try
        {
            return new TcpAndQuicListener(tcp, _quic.Listen(new IPEndPoint(tcp.LocalEndPoint.Address, tcp.LocalEndPoint.Port)));
        }
        catch (TransportException)
        {
            // Somebody else has that port of UDP: TCP is always there.
            return tcp;
        }
    }

    public bool IsThisHost(IPAddress address) => _tcp.IsThisHost(address);

    public Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation) => _tcp.ConnectAsync(remote, cancellation);
}
