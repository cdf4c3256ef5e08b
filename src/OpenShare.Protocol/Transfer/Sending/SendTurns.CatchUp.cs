namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>
/// One whose connections get next to nothing of the line has plenty under way, asks for nothing, and would be left further behind by
/// each turn of the others: so whoever is too far ahead of it has it catch up, which it does with the line to itself. Seen where packets
/// queue in this system, of which none was lost: Linux lets a connection have two of them there, or what it sends in a millisecond (TCP
/// small queues), so one that began slowly stays slow for as long as the others fill the queue.
/// <para>
/// One that is slow by itself, because of a disk there, leaves the line idle while the others wait for it, and one that is stuck as
/// well. So waiting may cost a twentieth of the time, and <see cref="MostIdle"/> at once.
/// </para>
/// </summary>
public sealed partial class SendTurns
{
    // In shares: equal parts of the room for all that have something under way or wait. Who has the same as another is one ahead of
    // what is acknowledged to that.
    private const int TooFarAhead = 3, CaughtUp = 2;

    private const int OneInSoMany = 20;

    private readonly Line _line = new(room);
    private Member? _awaited;
    private DateTimeOffset _chargedAt;
    private TimeSpan _mayIdle = MostIdle;

    private static TimeSpan MostIdle => 2 * Patience;

    // What was acknowledged while others wait was no idle time.
    private void Charge(long settled)
    {
        var passed = _now - _chargedAt;
        _chargedAt = _now;
        var change = _awaited is null ? passed / OneInSoMany : _line.TimeOf(settled) - passed;
        _mayIdle = TimeSpan.FromTicks(Math.Clamp((_mayIdle + change).Ticks, -MostIdle.Ticks, MostIdle.Ticks));
    }

    // Nothing was under way.
    private void BeginAnew()
    {
        _line.Begin(_now);
        (_awaited, _chargedAt, _mayIdle) = (null, _now, MostIdle);
    }

    private void WaitNoMore()
    {
        Charge(settled: 0);
        _awaited = null;
    }

    /// <returns>it waits now until another has caught up</returns>
    private bool IsHeld(Member asking)
    {
        Charge(settled: 0);
        var share = room / _members.Values.Count(m => m.IsActive);
        // That the line is gone, or that the one that is behind is stuck, shows when others go.
        var mayWait = _mayIdle > (_awaited is null ? Patience / 2 : TimeSpan.Zero) && !_line.IsSilent(_now);
        var lead = _awaited is null ? TooFarAhead : CaughtUp;
        var furthest = mayWait ? FurthestBehind(share) : null;
        _awaited = furthest is not null && _members.Values.Any(IsTooFarAhead) ? furthest : null;
        if (_awaited is not null)
            _line.IsHeldBack = true;
        return _awaited is not null && IsTooFarAhead(asking);

        // One that wanted nothing until now was not ahead of anybody.
        bool IsTooFarAhead(Member member) =>
            member.Asked > 0 && !member.HasJustCome && member != furthest
            && member.Had - furthest!.Acknowledged > lead * Math.Max(share, member.Asked);
    }

    private Member? FurthestBehind(long share) =>
        _members.Values.Where(m => m.UnderWay >= share / 2).MinBy(m => m.Acknowledged);
}
