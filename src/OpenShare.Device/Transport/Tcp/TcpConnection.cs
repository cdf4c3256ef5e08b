using System.Net;
using System.Net.Sockets;

namespace OpenShare.Device.Transport.Tcp;

internal sealed class TcpConnection : ITransportConnection
{
    // A write ends when its last byte has room in the system's buffer; between two of them the connection is looked at.
    private const int MostAtOnce = 256 * 1024;

    private readonly Socket _socket;
    private readonly TcpPaths _paths;
    private readonly CongestionControl _congestion;
    private int _isDisposed;

    /// <param name="socket">connected; this connection's from here on</param>
    internal TcpConnection(Socket socket, TcpPaths paths)
    {
        (_socket, _paths) = (socket, paths);
        Remote = Unmapped((IPEndPoint)socket.RemoteEndPoint!);
        _congestion = new CongestionControl(socket, paths.Take(Remote.Address));
        _congestion.Begin();
    }

    public IPEndPoint Remote { get; }

    public bool IsHeldBackByLoss => _congestion.IsHeldBackByLoss;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (IsBroken(error))
        {
            throw Broken(error);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            while (buffer.Length > 0)
            {
                var sent = await _socket.SendAsync(buffer[..Math.Min(buffer.Length, MostAtOnce)], cancellation).ConfigureAwait(false);
                buffer = buffer[sent..];
                _congestion.Wrote(sent);
            }
        }
        catch (Exception error) when (IsBroken(error))
        {
            throw Broken(error);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _socket.Dispose();
        _paths.Release(Remote.Address);
    }

    private static bool IsBroken(Exception error) => error is SocketException or ObjectDisposedException or OperationCanceledException;

    private TransportException Broken(Exception error) => new($"The connection to {Remote} broke: {error.Message}", error);

    // A dual-mode listener shows IPv4 peers as ::ffff:a.b.c.d.
    private static IPEndPoint Unmapped(IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;
}
