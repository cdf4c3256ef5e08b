namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>
/// Whose frame goes next, of all transfers of this device to one peer. It is the turn of the transfer that has had the
/// fewest bytes of those that wait (start-time fair queueing): so all that want to send get the same, whatever sizes
/// their frames have and whatever the buffers of their connections hold. Who comes, or has wanted nothing for a while,
/// is counted from where the others have got: nothing is saved up.
/// </summary>
/// <param name="room">bytes under way that all of them share; one alone is bounded by its own window only</param>
public sealed class SendTurns(long room)
{
    /// <summary>Twice what one transfer has under way in chunks of 1 MiB: with less, many small windows are waited for one after the other.</summary>
    public const long DefaultRoom = 32 * 1024 * 1024;

    /// <summary>One of which nothing was acknowledged for so long is waited for by nobody; who waits for it asks again after that.</summary>
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
        if (member.Asked == 0)
            (member.Had, member.Since) = (Math.Max(member.Had, Standing()), ++_asked);
        member.Asked = bytes;
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

    /// <summary>So much of what was under way is done with: acknowledged, or lost.</summary>
    /// <returns>whose turn it is by that</returns>
    public IReadOnlyList<TransferId> Settle(TransferId transfer, long bytes, DateTimeOffset now)
    {
        _now = now;
        if (!_members.TryGetValue(transfer, out var member))
            return [];
        // Of one that left and came back, what was under way before is forgotten already.
        var settled = Math.Min(bytes, member.UnderWay - member.Granted);
        if (settled > 0)
            member.HeardAt = now;
        member.UnderWay -= settled;
        _underWay -= settled;
        return GrantAll();
    }

    /// <summary>Nothing of it is under way any more, as far as the others are concerned: it ended, lost its link, or its receiver's disk is full.</summary>
    /// <returns>whose turn it is by that</returns>
    public IReadOnlyList<TransferId> Leave(TransferId transfer, DateTimeOffset now)
    {
        _now = now;
        if (!_members.Remove(transfer, out var member))
            return [];
        _underWay -= member.UnderWay;
        return GrantAll();
    }

    // Where the others have got, without what is under way: who comes a moment after another is given the same. One that is
    // stuck is far behind, and who comes is not to be given what the others have had since then.
    private long Standing()
    {
        var least = _had;
        foreach (var member in _members.Values)
        {
            if (member.Asked > 0 || member.UnderWay > 0)
                least = Math.Min(least, member.Had - member.UnderWay);
        }
        return Math.Max(least, _had - room);
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

    // Whoever has had the fewest bytes goes, or room is waited for with it: else one whose connections began well, answered at once
    // each time, stays ahead of those whose packets wait behind its own. But who is silent is waited for by nobody.
    private Member? Next()
    {
        if (First(_ => true) is not { } first)
            return null;
        if (MayGo(first))
            return first;
        return IsSilent(first) && First(m => !IsSilent(m)) is { } next && MayGo(next) ? next : null;
    }

    // One that has nothing under way goes at once, past the room: so a small one waits for no large one.
    private bool MayGo(Member member) =>
        member.UnderWay == 0 || (_underWay == member.UnderWay && !OthersWait(member)) || _underWay + member.Asked <= room;

    private bool IsSilent(Member member) => member.UnderWay > 0 && _now - member.HeardAt >= Patience;

    private Member? First(Predicate<Member> may)
    {
        Member? first = null;
        foreach (var member in _members.Values)
        {
            if (member.Asked > 0 && may(member) && (first is null || member.CompareTo(first) < 0))
                first = member;
        }
        return first;
    }

    private bool OthersWait(Member member) => _members.Values.Any(m => m != member && m.Asked > 0);

    private void Grant(Member member)
    {
        _had = member.Had;
        member.Granted = member.Asked;
        member.Asked = 0;
        Pay(member, member.Granted);
    }

    private void Pay(Member member, long bytes)
    {
        if (member.UnderWay == 0)
            member.HeardAt = _now;
        member.Had += bytes;
        member.UnderWay += bytes;
        _underWay += bytes;
    }

    private sealed class Member(TransferId transfer) : IComparable<Member>
    {
        internal TransferId Transfer { get; } = transfer;

        /// <summary>Bytes it was given so far, counted from where the others were when it came.</summary>
        internal long Had { get; set; }

        internal long UnderWay { get; set; }

        /// <summary>When something of it was done with the last time, or under way again.</summary>
        internal DateTimeOffset HeardAt { get; set; }

        /// <summary>What it waits for; 0: it does not wait.</summary>
        internal long Asked { get; set; }

        /// <summary>Of what is under way: its turn came, and it has not used it yet.</summary>
        internal long Granted { get; set; }

        /// <summary>Of those that had the same, the one that waits longer is first.</summary>
        internal long Since { get; set; }

        public int CompareTo(Member? other) => (Had, Since).CompareTo((other!.Had, other.Since));
    }
}
