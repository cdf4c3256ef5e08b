namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>
/// Whose frame goes next, of all transfers of this device to one peer. It is the turn of the transfer that has had the
/// fewest bytes of those that wait (start-time fair queueing): so all that want to send get the same, whatever sizes
/// their frames have and whatever the buffers of their connections hold. Who comes, or has wanted nothing for a while,
/// is counted from where the others have got: nothing is saved up.
/// </summary>
/// <param name="room">bytes under way that all of them share; one alone is bounded by its own window only</param>
public sealed partial class SendTurns(long room)
{
    /// <summary>Twice what one transfer has under way in chunks of 1 MiB: with less, many small windows are waited for one after the other.</summary>
    public const long DefaultRoom = 32 * 1024 * 1024;

    /// <summary>One that waits itself, and of which nothing was acknowledged for so long, is passed over; who waits asks again after that.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<TransferId, Member> _members = [];
    private long _underWay;
    private long _had;
    private long _asked;
    private DateTimeOffset _now;

    /// <summary>No transfer is known: nothing is under way, and nobody waits.</summary>
    public bool IsEmpty => _members.Count == 0;

    /// <returns>true: a frame of so many bytes goes now. False: it waits, and its turn is told by another's answer, or it asks again after <see cref="Patience"/></returns>
    public bool Ask(TransferId transfer, long bytes, DateTimeOffset now)
    {
        _now = now;
        if (!_members.TryGetValue(transfer, out var member))
            _members.Add(transfer, member = new Member(transfer));
        if (member.Granted > 0)
        {
            // Its turn, that it waited for: what goes may be larger or smaller now than what was asked for.
            Pay(member, bytes - member.Granted);
            member.Granted = 0;
            return true;
        }
        member.HasJustCome |= !member.IsActive;
        if (member.Asked == 0)
            (member.Had, member.Since) = (Math.Max(member.Had, Standing()), ++_asked);
        member.Asked = bytes;
        member.ComesBack = false;
        if (Next() != member)
            return false;
        Grant(member);
        member.Granted = 0;
        return true;
    }

    /// <summary>It has nothing to send now, or may not: it waits no longer, and a turn that it was given and did not use is another's.</summary>
    /// <returns>whose turn it is by that</returns>
    public IReadOnlyList<TransferId> GiveUp(TransferId transfer, DateTimeOffset now)
    {
        _now = now;
        if (!_members.TryGetValue(transfer, out var member) || member is { Asked: 0, Granted: 0 })
            return [];
        Pay(member, -member.Granted);
        member.Asked = member.Granted = 0;
        return GrantAll();
    }

    /// <summary>So much of what was under way is acknowledged.</summary>
    /// <returns>whose turn it is by that</returns>
    public IReadOnlyList<TransferId> Settle(TransferId transfer, long bytes, DateTimeOffset now)
    {
        _now = now;
        if (!_members.TryGetValue(transfer, out var member))
            return [];
        var settled = Finish(member, bytes);
        if (settled > 0)
        {
            member.HeardAt = now;
            Charge(settled);
            _line.Add(settled, now);
        }
        return GrantAll();
    }

    /// <summary>
    /// So much of what was under way is lost with its streams, and goes again. When it comes back, it is where it was among the others,
    /// for it wanted to go on all the time: else who is ahead would get further ahead with each link that is lost.
    /// </summary>
    /// <returns>whose turn it is by that</returns>
    public IReadOnlyList<TransferId> Lose(TransferId transfer, long bytes, DateTimeOffset now)
    {
        _now = now;
        if (!_members.TryGetValue(transfer, out var member))
            return [];
        member.ComesBack |= member.Asked > 0 || bytes > 0;
        member.Had -= Finish(member, bytes);
        return GrantAll();
    }

    /// <summary>Nothing of it is under way any more, as far as the others are concerned: it ended, its receiver's disk is full, or it waits for a person.</summary>
    /// <returns>whose turn it is by that</returns>
    public IReadOnlyList<TransferId> Leave(TransferId transfer, DateTimeOffset now)
    {
        _now = now;
        if (!_members.Remove(transfer, out var member))
            return [];
        _underWay -= member.UnderWay;
        return GrantAll();
    }

    // Of one that left and came back, what was under way before is forgotten already.
    private long Finish(Member member, long bytes)
    {
        var done = Math.Min(bytes, member.UnderWay - member.Granted);
        member.UnderWay -= done;
        _underWay -= done;
        return done;
    }

    private List<TransferId> GrantAll()
    {
        var turns = new List<TransferId>();
        while (Next() is { } next)
        {
            Grant(next);
            turns.Add(next.Transfer);
        }
        return turns;
    }

    private void Grant(Member member)
    {
        _had = member.Had;
        member.Granted = member.Asked;
        member.Asked = 0;
        member.HasJustCome = false;
        Pay(member, member.Granted);
    }

    private void Pay(Member member, long bytes)
    {
        if (_underWay == 0)
            BeginAnew();
        if (member.UnderWay == 0)
            member.HeardAt = _now;
        member.Had += bytes;
        member.UnderWay += bytes;
        _underWay += bytes;
    }
}
