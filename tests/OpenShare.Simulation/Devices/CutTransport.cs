using System.Net;
using OpenShare.Device.Transport;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Devices;

/// <summary>One process's sockets. When it dies it hears nothing more of them, and its machine closes them.</summary>
internal sealed class CutTransport(ITransport inner, SimulatedProcess process) : ITransport
{
    // In the order in which they were opened: closing them is something that others see.
    private readonly LinkedList<IDisposable> _open = new();

    public ITransportListener Listen(IPEndPoint endpoint)
    {
        var listener = inner.Listen(endpoint);
        return new Listener(this, listener, _open.AddLast(listener));
    }

    public async Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation)
    {
        var connecting = inner.ConnectAsync(remote, cancellation);
        return Opened(await process.Hear(connecting).ConfigureAwait(false));
    }

    /// <summary>As the system does with the sockets of a process that is no more.</summary>
    internal void CloseAll()
    {
        foreach (var socket in _open.ToList())
            socket.Dispose();
        _open.Clear();
    }

    /// <summary>A machine without power is not heard of; only what would be accepted there is refused.</summary>
    internal void StopListening()
    {
        foreach (var listener in _open.OfType<ITransportListener>().ToList())
            listener.Dispose();
    }

    private Connection Opened(ITransportConnection connection) => new(this, connection, _open.AddLast(connection));

    private sealed class Listener(CutTransport owner, ITransportListener inner, LinkedListNode<IDisposable> node) : ITransportListener
    {
        public IPEndPoint LocalEndPoint => inner.LocalEndPoint;

        public async Task<ITransportConnection> AcceptAsync(CancellationToken cancellation) =>
            owner.Opened(await owner.Process.Hear(inner.AcceptAsync(cancellation)).ConfigureAwait(false));

        public void Dispose() => owner.Close(node);
    }

    private sealed class Connection(CutTransport owner, ITransportConnection inner, LinkedListNode<IDisposable> node) : ITransportConnection
    {
        public IPEndPoint Remote => inner.Remote;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
        {
            if (owner.Process.IsDead)
                return new ValueTask<int>(new TaskCompletionSource<int>().Task);
            var reading = inner.ReadAsync(buffer, cancellation);
            return reading.IsCompletedSuccessfully ? reading : new ValueTask<int>(owner.Process.Hear(reading.AsTask()));
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
        {
            if (owner.Process.IsDead)
                return new ValueTask(new TaskCompletionSource().Task);
            var writing = inner.WriteAsync(buffer, cancellation);
            return writing.IsCompletedSuccessfully ? writing : new ValueTask(owner.Process.Hear(Counted(writing)));
        }

        public void Dispose() => owner.Close(node);

        private static async Task<bool> Counted(ValueTask writing)
        {
            await writing.ConfigureAwait(false);
            return true;
        }
    }

    private SimulatedProcess Process => process;

    private void Close(LinkedListNode<IDisposable> node)
    {
        if (process.IsDead || node.List is null)
            return;
        _open.Remove(node);
        node.Value.Dispose();
    }
}
