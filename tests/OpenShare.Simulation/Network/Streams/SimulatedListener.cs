using System.Net;
using OpenShare.Device.Transport;

namespace OpenShare.Simulation.Network.Streams;

/// <summary>Listens on a port of its host, whatever the host's address is by then.</summary>
internal sealed class SimulatedListener(HostProcess process, IPEndPoint endpoint) : ITransportListener
{
    private const int Backlog = 128;

    private readonly Queue<SimulatedConnection> _waiting = new();
    private TaskCompletionSource<ITransportConnection>? _accepting;
    private bool _isClosed;

    public IPEndPoint LocalEndPoint => endpoint;

    internal bool IsFull => _waiting.Count >= Backlog;

    public async Task<ITransportConnection> AcceptAsync(CancellationToken cancellation)
    {
        process.ThrowIfDead();
        if (_isClosed || cancellation.IsCancellationRequested)
            throw Closed();
        if (_waiting.TryDequeue(out var connection))
            return connection;
        var accepting = _accepting = new TaskCompletionSource<ITransportConnection>();
        using (cancellation.UnsafeRegister(_ => GiveUp(accepting), null))
            return await accepting.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (process.IsDead || _isClosed)
            return;
        _isClosed = true;
        process.Remove(this);
        while (_waiting.TryDequeue(out var connection))
            Refuse(connection);
        if (_accepting is { } accepting)
            GiveUp(accepting);
    }

    internal void Offer(SimulatedConnection connection)
    {
        if (_isClosed)
        {
            Refuse(connection);
            return;
        }
        if (_accepting is not { } accepting)
        {
            _waiting.Enqueue(connection);
            return;
        }
        _accepting = null;
        accepting.TrySetResult(connection);
    }

    private static void Refuse(SimulatedConnection connection) => connection.Abort();

    private void GiveUp(TaskCompletionSource<ITransportConnection> accepting)
    {
        if (_accepting == accepting)
            _accepting = null;
        accepting.TrySetException(Closed());
    }

    private TransportException Closed() => new($"The listener on {endpoint} is closed.");
}
