using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Channel;

/// <summary>
/// Control messages that were read from one connection and that nobody has handled yet. Once they are many their reader waits, and by
/// TCP the peer with it: whoever talks faster than this side listens fills no mailbox.
/// </summary>
internal sealed class Backlog
{
    /// <summary>In bytes of memory, and one message more. What an honest peer says waits for answers long before (<c>PageWindow</c>).</summary>
    internal const long Most = 8 * 1024 * 1024;

    // What a message takes beside its bytes.
    private const long MessageOverhead = 256;

    private readonly Lock _gate = new();
    private long _bytes;
    private bool _isClosed;
    private TaskCompletionSource? _room;

    /// <summary>Done as long as there is room for more. Whoever makes room does not read on in the reader's place.</summary>
    internal Task Room
    {
        get
        {
            lock (_gate)
                return _isClosed || _bytes <= Most ? Task.CompletedTask : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Bytes of memory that a message takes.</summary>
    internal static long SizeOf(Control message) => message.CalculateSize() + MessageOverhead;

    /// <returns>to be called once by whoever has handled it, or lets go of it; where its actor ends with it, <see cref="Forget"/> makes room</returns>
    internal Action Add(Control message)
    {
        var size = SizeOf(message);
        lock (_gate)
            _bytes += size;
        return () => Take(size);
    }

    /// <summary>Nobody will handle what is in it.</summary>
    internal void Forget() => Take(long.MaxValue);

    /// <summary>Nobody handles anything of it any more, and its reader reads on, to the goodbye.</summary>
    internal void Close()
    {
        lock (_gate)
            _isClosed = true;
        Forget();
    }

    private void Take(long size)
    {
        TaskCompletionSource? room = null;
        lock (_gate)
        {
            // Some of it may be forgotten, and handled after all.
            _bytes = Math.Max(0, _bytes - size);
            if (_bytes <= Most / 2)
                (room, _room) = (_room, null);
        }
        room?.SetResult();
    }
}
