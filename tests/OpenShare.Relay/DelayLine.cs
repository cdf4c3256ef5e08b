using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;

namespace OpenShare.Relay;

/// <summary>One direction of one connection, whose bytes arrive so much later. It holds 64 MiB at most: whoever sends more than that within the delay waits.</summary>
internal sealed class DelayLine
{
    private const int MostBuffers = 512;

    private readonly Channel<(byte[] Buffer, int Count, long Due)> _way = Channel.CreateBounded<(byte[], int, long)>(MostBuffers);
    private readonly Task _arriving;

    /// <param name="broken">called when nothing can be sent on any more</param>
    public DelayLine(Socket to, Action broken, CancellationToken cancellation) => _arriving = ArriveAsync(to, broken, cancellation);

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, TimeSpan delay, CancellationToken cancellation)
    {
        var due = Environment.TickCount64 + (long)delay.TotalMilliseconds;
        var buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(buffer);
        await _way.Writer.WriteAsync((buffer, bytes.Length, due), cancellation);
    }

    /// <summary>Waits until all has arrived.</summary>
    public Task EndAsync()
    {
        _way.Writer.TryComplete();
        return _arriving;
    }

    private async Task ArriveAsync(Socket to, Action broken, CancellationToken cancellation)
    {
        try
        {
            await foreach (var (buffer, count, due) in _way.Reader.ReadAllAsync(cancellation))
            {
                var left = due - Environment.TickCount64;
                if (left > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(left), cancellation);
                await to.SendAllAsync(buffer.AsMemory(0, count), cancellation);
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        catch (Exception problem) when (problem is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            _way.Writer.TryComplete(problem);
            broken();
        }
    }
}
