using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Transfer.Simulated;

/// <summary>What is to happen, when. Nothing waits: time jumps to the next event. All chance follows from the seed.</summary>
internal sealed class VirtualTime(int seed)
{
    private readonly PriorityQueue<Action, (DateTimeOffset At, int Order)> _events = new();
    private readonly SeededRandom _random = new(seed);
    private int _order;

    internal DateTimeOffset Now { get; private set; } = Some.Now;

    internal DateTimeOffset? Next => _events.TryPeek(out _, out var due) ? due.At : null;

    internal int Below(int limit) => _random.Below(limit);

    internal bool Happens(int percent) => Below(100) < percent;

    internal void At(DateTimeOffset at, Action action) => _events.Enqueue(action, (at, _order++));

    /// <summary>Some time within so many milliseconds, but not at once.</summary>
    internal void Within(int milliseconds, Action action) => At(Soon(milliseconds), action);

    internal DateTimeOffset Soon(int milliseconds) => Now.AddMilliseconds(1 + Below(milliseconds));

    /// <summary>Jumps to a time no later than the next event, and lets that happen where it is due.</summary>
    internal void Advance(DateTimeOffset to)
    {
        Now = to;
        if (Next <= Now)
            _events.Dequeue()();
    }
}
