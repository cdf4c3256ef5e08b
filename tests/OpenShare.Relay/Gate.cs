namespace OpenShare.Relay;

/// <summary>
/// What every byte passes on its way: counted, held back, slowed and damaged here. One for all connections, so
/// that offsets and limits are those of the whole link.
/// </summary>
internal sealed class Gate(Report report)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _stall;
    private long _forward;
    private long _back;
    private long? _cutAt;
    private long? _stallAt;
    private long? _flipAt;
    private long _rate;
    private long _clearAt;
    private long _delay;

    /// <summary>How much later what is admitted arrives.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _delay));
        set => Interlocked.Exchange(ref _delay, value.Ticks);
    }

    /// <summary>Raised once for every <see cref="CutAt"/>.</summary>
    public event Action? CutReached;

    /// <summary>Admits the next bytes of one direction of one connection, and may damage them.</summary>
    /// <returns>how many of them may be sent on now; the rest is to be asked for again</returns>
    public async ValueTask<int> AdmitAsync(Memory<byte> bytes, bool forward, CancellationToken cancellation)
    {
        while (true)
        {
            int admitted;
            var cut = false;
            Task? wait = null;
            TimeSpan pause = default;
            lock (_lock)
            {
                if (_stallAt <= _forward + _back)
                    BeginStall();
                wait = _stall?.Task;
                admitted = wait is null ? (int)Math.Min(bytes.Length, Room()) : 0;
                if (admitted > 0)
                {
                    Flip(bytes.Span[..admitted]);
                    _ = forward ? _forward += admitted : _back += admitted;
                    pause = Pace(admitted);
                    cut = _cutAt <= _forward + _back;
                    if (cut)
                        _cutAt = null;
                }
            }
            if (cut)
                CutReached?.Invoke();
            if (wait is not null)
                await wait.WaitAsync(cancellation);
            // Below a few milliseconds a timer is late by more than it is set for.
            if (pause > TimeSpan.FromMilliseconds(4))
                await Task.Delay(pause, cancellation);
            if (admitted > 0)
                return admitted;
        }
    }

    public void CutAt(long bytes)
    {
        lock (_lock)
            _cutAt = bytes;
    }

    public void StallAt(long bytes)
    {
        lock (_lock)
            _stallAt = bytes;
    }

    public void Stall()
    {
        lock (_lock)
            BeginStall();
    }

    public void Go()
    {
        TaskCompletionSource? stall;
        lock (_lock)
        {
            (stall, _stall) = (_stall, null);
            _stallAt = null;
        }
        stall?.TrySetResult();
        report.Write("going");
    }

    public void FlipAt(long offset)
    {
        lock (_lock)
            _flipAt = offset;
    }

    public void Rate(long bytesPerSecond)
    {
        lock (_lock)
            (_rate, _clearAt) = (bytesPerSecond, 0);
    }

    public void Zero()
    {
        lock (_lock)
            (_forward, _back) = (0, 0);
    }

    public (string, object)[] Counts()
    {
        lock (_lock)
            return CountsInLock();
    }

    private void BeginStall()
    {
        _stallAt = null;
        if (_stall is not null)
            return;
        _stall = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        report.Write("stalled", CountsInLock());
    }

    private (string, object)[] CountsInLock() => [("passed", _forward + _back), ("forward", _forward), ("back", _back)];

    /// <summary>Bytes until the next thing happens, so that it happens at exactly that byte.</summary>
    private long Room()
    {
        var next = Math.Min(_cutAt ?? long.MaxValue, _stallAt ?? long.MaxValue);
        return Math.Max(1, next - _forward - _back);
    }

    private void Flip(Span<byte> bytes)
    {
        if (_flipAt is not { } offset || offset - _forward - _back is < 0 or >= int.MaxValue)
            return;
        var index = (int)(offset - _forward - _back);
        if (index >= bytes.Length)
            return;
        bytes[index] ^= 0xFF;
        _flipAt = null;
        report.Write("flipped", ("at", offset));
    }

    private TimeSpan Pace(int bytes)
    {
        if (_rate == 0)
            return TimeSpan.Zero;
        var now = Environment.TickCount64 * TimeSpan.TicksPerMillisecond;
        _clearAt = Math.Max(now, _clearAt) + (bytes * TimeSpan.TicksPerSecond / _rate);
        return TimeSpan.FromTicks(_clearAt - now);
    }
}
