using System.Net;

namespace OpenShare.Device.Transport.Memory;

internal sealed class MemoryListener(MemoryNetwork network, IPEndPoint endpoint) : ITransportListener
{
    private readonly Lock _lock = new();
    private readonly Queue<MemoryConnection> _waiting = new();
    private TaskCompletionSource<ITransportConnection>? _accepting;
    private bool _closed;

    public IPEndPoint LocalEndPoint => endpoint;

    public async Task<ITransportConnection> AcceptAsync(CancellationToken cancellation)
    {
        TaskCompletionSource<ITransportConnection> accepting;
        lock (_lock)
        {
            if (_closed)
                throw Closed();
            if (_waiting.TryDequeue(out var connection))
                return connection;
            accepting = _accepting = new TaskCompletionSource<ITransportConnection>();
        }
        await using (cancellation.UnsafeRegister(_ => accepting.TrySetException(Closed()), null))
            return await accepting.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        TaskCompletionSource<ITransportConnection>? accepting;
        lock (_lock)
        {
            _closed = true;
            accepting = _accepting;
            _accepting = null;
        }
        network.Remove(this);
        accepting?.TrySetException(Closed());
        while (_waiting.TryDequeue(out var connection))
            connection.Dispose();
    }

    internal void Offer(MemoryConnection connection)
    {
        TaskCompletionSource<ITransportConnection>? accepting;
        lock (_lock)
        {
            accepting = _accepting;
            _accepting = null;
            if (accepting is null && !_closed)
                _waiting.Enqueue(connection);
        }
        if (_closed)
            connection.Dispose();
        else
            accepting?.TrySetResult(connection);
    }

    private TransportException Closed() => new($"The listener on {endpoint} is closed.");
}
