using System.Net;

namespace OpenShare.Device.Transport.Memory;

/// <summary>
/// One end of a connection in memory. At most <see cref="WindowBytes"/> are under way, as in a socket's buffers:
/// a writer waits for its reader. Continuations run where the delivery runs, so that a simulation decides the order.
/// </summary>
internal sealed class MemoryConnection(MemoryNetwork network, IPEndPoint remote) : ITransportConnection
{
    private const int WindowBytes = 512 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<ReadOnlyMemory<byte>> _arrived = new();
    private MemoryConnection _other = null!;
    private TaskCompletionSource? _reading;
    private TaskCompletionSource? _writing;
    private int _underWay;
    private bool _ended;
    private string? _broken;

    public IPEndPoint Remote => remote;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            var reading = new TaskCompletionSource();
            int taken;
            lock (_lock)
            {
                taken = Take(buffer);
                if (taken == 0 && _broken is not null)
                    throw new TransportException(_broken);
                if (taken == 0 && _ended)
                    return 0;
                if (taken == 0)
                    _reading = reading;
            }
            if (taken > 0)
            {
                // Outside the lock: a delivery may run at once and takes the other end's, while that end reads too.
                network.Deliver(() => _other.Taken(taken));
                return taken;
            }
            await using (cancellation.UnsafeRegister(_ => reading.TrySetException(new TransportException("The read was given up.")), null))
                await reading.Task.ConfigureAwait(false);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            TaskCompletionSource writing;
            lock (_lock)
            {
                if (_broken is not null)
                    throw new TransportException(_broken);
                if (_underWay < WindowBytes)
                {
                    _underWay += buffer.Length;
                    break;
                }
                writing = _writing = new TaskCompletionSource();
            }
            await using (cancellation.UnsafeRegister(_ => writing.TrySetException(new TransportException("The write was given up.")), null))
                await writing.Task.ConfigureAwait(false);
        }
        ReadOnlyMemory<byte> copy = buffer.ToArray();
        network.Deliver(() => _other.Arrive(copy));
    }

    public void Dispose()
    {
        Break("The connection was closed here.");
        network.Deliver(_other.End);
    }

    internal void Pair(MemoryConnection other)
    {
        _other = other;
        other._other = this;
    }

    internal void Break(string reason)
    {
        lock (_lock)
        {
            _broken ??= reason;
            _arrived.Clear();
        }
        network.Remove(this);
        Wake();
    }

    private void End()
    {
        lock (_lock)
        {
            _ended = true;
            // Nobody reads there any more: a writer here must not wait for it.
            _underWay = int.MinValue / 2;
        }
        Wake();
    }

    private void Arrive(ReadOnlyMemory<byte> bytes)
    {
        lock (_lock)
        {
            if (_broken is not null)
                return;
            _arrived.Enqueue(bytes);
        }
        Wake();
    }

    private int Take(Memory<byte> buffer)
    {
        var taken = 0;
        while (taken < buffer.Length && _arrived.TryPeek(out var first))
        {
            var count = Math.Min(first.Length, buffer.Length - taken);
            first.Span[..count].CopyTo(buffer.Span[taken..]);
            taken += count;
            _arrived.Dequeue();
            if (count < first.Length)
                PutBack(first[count..]);
        }
        return taken;
    }

    private void PutBack(ReadOnlyMemory<byte> rest)
    {
        var later = _arrived.ToArray();
        _arrived.Clear();
        _arrived.Enqueue(rest);
        foreach (var bytes in later)
            _arrived.Enqueue(bytes);
    }

    private void Taken(int count)
    {
        TaskCompletionSource? writing;
        lock (_lock)
        {
            _underWay -= count;
            writing = _writing;
            _writing = null;
        }
        writing?.TrySetResult();
    }

    private void Wake()
    {
        TaskCompletionSource? reading, writing;
        lock (_lock)
        {
            reading = _reading;
            writing = _writing;
            _reading = _writing = null;
        }
        reading?.TrySetResult();
        writing?.TrySetResult();
    }
}
