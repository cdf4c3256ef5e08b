using System.Net;
using System.Net.Quic;
using System.Net.Sockets;
using System.Runtime.Versioning;
using OpenShare.Device.Transport.Tcp;

namespace OpenShare.Device.Transport.Quic;

/// <summary>QUIC alone. A link and its further streams are streams of one connection.</summary>
[SupportedOSPlatform("linux"), SupportedOSPlatform("macos")]
public sealed class QuicTransport : ITransport
{
    // The latest to each place.
    private readonly Dictionary<IPEndPoint, QuicLine> _lines = [];

    public ITransport Quic => this;

    public ITransportListener Listen(IPEndPoint endpoint)
    {
        try
        {
            return QuicTransportListener.Open(endpoint);
        }
        catch (Exception error) when (error is QuicException or SocketException)
        {
            throw new TransportException($"Cannot listen on {endpoint} by QUIC: {error.Message}.", error);
        }
    }

    public bool IsThisHost(IPAddress address) => TcpTransport.IsOfThisHost(address);

    // A line that is there may be one whose other end is gone without a word: whoever proves anew who is there gets his own.
    public async Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation) =>
        await Begin(remote).OpenAsync(cancellation).ConfigureAwait(false);

    public async Task<ITransportConnection> ConnectFurtherAsync(IPEndPoint remote, CancellationToken cancellation)
    {
        QuicLine? line;
        lock (_lines)
        {
            if (!_lines.TryGetValue(remote, out line) || !line.TryTake())
                line = Begin(remote);
        }
        return await line.OpenAsync(cancellation).ConfigureAwait(false);
    }

    private QuicLine Begin(IPEndPoint remote)
    {
        lock (_lines)
        {
            foreach (var (place, ended) in _lines.ToList())
            {
                if (!ended.IsUsed)
                    _lines.Remove(place);
            }
            return _lines[remote] = QuicLine.Dial(remote);
        }
    }
}
