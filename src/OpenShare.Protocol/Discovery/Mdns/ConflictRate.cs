namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>How long to wait before a name is claimed again: five seconds after many conflicts (RFC 6762 §8.1).</summary>
internal sealed class ConflictRate
{
    private readonly Queue<DateTimeOffset> _conflicts = new();

    internal TimeSpan Count(DateTimeOffset now)
    {
        while (_conflicts.TryPeek(out var oldest) && (oldest < now - MdnsTimes.ProbeRemembered || _conflicts.Count == MdnsTimes.ManyConflicts))
            _conflicts.Dequeue();
        _conflicts.Enqueue(now);
        return _conflicts.Count < MdnsTimes.ManyConflicts ? TimeSpan.Zero : MdnsTimes.AfterManyConflicts;
    }
}
