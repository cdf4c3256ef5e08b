namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>
/// One whose connections get next to nothing of the line has plenty under way, asks for nothing, and would be left further behind by
/// each turn of the others: so whoever is too far ahead of it has it catch up. It does, with the line to itself: TCP lets a connection
/// have two packets, or what it sends in a millisecond, in a queue of this system, and so one that began slowly stays slow for as
/// long as those of the others fill that queue.
/// <para>
/// One that is slow by itself, because of a disk there, leaves the line idle while the others wait. That may cost a tenth of the time,
/// and at first no more than <see cref="Patience"/>.
/// </para>
/// </summary>
public sealed partial class SendTurns
{
    // In shares: equal parts of the room for all that have something under way or wait. Who has the same as another is one ahead of
    // what is acknowledged to that.
    private const int TooFarAhead = 3, CaughtUp = 2;

    // How long it takes at best until as much as the room is acknowledged, lately: what the line can do.
    private TimeSpan _bestLap;
    private DateTimeOffset _lapBegan;
    private long _lap;

    private DateTimeOffset _settledAt;
    private DateTimeOffset _lookedAt;
    private bool _waits;
    private TimeSpan _mayIdle = Patience;

    // Nothing was under way.
    private void Begin()
    {
        BeginLap();
        _bestLap = TimeSpan.Zero;
        _settledAt = _now;
        _mayIdle = Patience;
    }

    private void BeginLap() => (_lap, _lapBegan) = (0, _now);

    private void NoteSettled(long bytes)
    {
        _settledAt = _now;
        if (_waits)
            MayIdle(_bestLap * ((double)bytes / room));
        _lap += bytes;
        if (_lap < room)
            return;
        var took = _now - _lapBegan;
        _bestLap = _bestLap == TimeSpan.Zero || took < _bestLap ? took : TimeSpan.FromTicks(Math.Min(took.Ticks, _bestLap.Ticks * 5 / 4));
        BeginLap();
    }

    private void MayIdle(TimeSpan longer) =>
        _mayIdle = TimeSpan.FromTicks(Math.Clamp((_mayIdle + longer).Ticks, 0, Patience.Ticks));

    /// <returns>the one that is to catch up before this one goes, though it asked; null: there is none</returns>
    private Member? Behind(Member asking)
    {
        var passed = _now - _lookedAt;
        _lookedAt = _now;
        // The line is gone, or the one that is behind is stuck: that shows when others go.
        if (_now - _settledAt >= Patience)
            return null;
        MayIdle(_waits ? -passed : passed / 10);
        var mayWait = _mayIdle > (_waits ? TimeSpan.Zero : Patience / 2);
        var behind = mayWait ? FurthestBehind(asking) : null;
        _waits = behind is not null;
        return behind;
    }

    private Member? FurthestBehind(Member asking)
    {
        var share = room / _members.Values.Count(m => m.IsActive);
        var lead = (_waits ? CaughtUp : TooFarAhead) * share;
        Member? furthest = null;
        foreach (var member in _members.Values)
        {
            if (member != asking && member.UnderWay >= share / 2 && asking.Had - member.Acknowledged > lead
                && (furthest is null || member.Acknowledged < furthest.Acknowledged))
                furthest = member;
        }
        return furthest;
    }
}
