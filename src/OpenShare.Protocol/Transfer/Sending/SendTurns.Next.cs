namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>Whose turn it is.</summary>
public sealed partial class SendTurns
{
    // Whoever has had the fewest bytes goes, or room is waited for with it: else one whose connections began well, answered at once
    // each time, stays ahead of those whose packets wait behind its own. But who waits and is silent is passed over.
    private Member? Next()
    {
        if (First(_ => true) is not { } first)
        {
            WaitNoMore();
            return null;
        }
        if (IsHeld(first))
            return _awaited is { Asked: > 0 } awaited && MayGo(awaited) ? awaited : null;
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

    // Where the others have got, without what is under way: who comes a moment after another is given the same. One that is
    // stuck is far behind, and who comes is not to be given what the others have had since then.
    private long Standing()
    {
        var least = _had;
        foreach (var member in _members.Values)
        {
            if (member.IsActive || member.ComesBack)
                least = Math.Min(least, member.Acknowledged);
        }
        return Math.Max(least, _had - room);
    }
}
