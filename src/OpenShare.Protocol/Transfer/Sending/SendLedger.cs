using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>
/// Which chunks the receiver has, and which may be sent now. A chunk is pending only once its page was offered on
/// this link or the receiver said that it misses it, and while it is not under way.
/// </summary>
internal sealed class SendLedger(SendWindow window, IReadOnlyDictionary<uint, EntryChange> withdrawn)
{
    private readonly ChunkMap _acknowledged = new();
    private readonly ChunkMap _pending = new();
    private readonly ChunkMap _sent = new();
    private readonly RepeatedChunks _repeated = new();

    // Of chunks that are equal one travels, and the others wait for what the receiver makes of it.
    private readonly ChunkMap _waiting = new();
    private readonly Dictionary<IReadOnlyList<long>, long> _travelling = [];
    private readonly List<IReadOnlyList<long>> _arrived = [];
    private long _done;
    private long _travelled;
    private long _chunksTravelled;
    private long _reused;
    private long _again;
    private long _leftOutBytes;
    private long _leftOutChunks;
    private long _from;

    internal bool HasPending => _pending.Count > 0;

    internal bool IsAcknowledged(long ordinal) => _acknowledged.Contains(ordinal);

    internal bool HasAll(Manifest manifest) => _acknowledged.Count + _leftOutChunks == manifest.ChunkCount;

    /// <summary>A page was built. A file withdrawn before it was listed to its end stays withdrawn.</summary>
    /// <returns>whether the receiver may have some of it from earlier pages</returns>
    internal bool Add(Manifest manifest, ManifestPage page)
    {
        foreach (var part in page.Parts.Where(p => p.Continued && withdrawn.ContainsKey(p.Entry.Number)))
        {
            _leftOutChunks += part.ChunkCount;
            for (var i = 0; i < part.ChunkCount; i++)
                _leftOutBytes += page.LengthOf(part.FirstOrdinal + i);
        }
        return _repeated.Add(manifest, page);
    }

    /// <summary>The page goes out: the receiver has nothing of it that it could know of.</summary>
    internal void Offer(Manifest manifest, ManifestPage page)
    {
        foreach (var ordinal in Ordinals(page.Chunks))
        {
            Forget(manifest, ordinal);
            MakePending(manifest, ordinal);
        }
    }

    /// <summary>The receiver's list for a page: what is not on it, it has.</summary>
    internal void Miss(Manifest manifest, ManifestPage page, List<ChunkRange> missing)
    {
        var next = page.FirstOrdinal;
        foreach (var range in missing)
        {
            Acknowledge(manifest, new ChunkRange(next, Math.Max(0, range.First - next)));
            foreach (var ordinal in Ordinals(range))
            {
                Forget(manifest, ordinal);
                MakePending(manifest, ordinal);
            }
            next = Math.Max(next, range.End);
        }
        Acknowledge(manifest, new ChunkRange(next, page.Chunks.End - next));
    }

    internal void Acknowledge(Manifest manifest, ChunkRange range)
    {
        foreach (var ordinal in Ordinals(range))
        {
            window.Settle(ordinal);
            _pending.Remove(ordinal);
            Arrive(ordinal);
            // What the receiver has of a withdrawn file counts as left out, not as done.
            if (IsWithdrawn(manifest, ordinal) || !_acknowledged.Add(ordinal))
                continue;
            var length = manifest.LengthOf(ordinal);
            _done += length;
            if (!_sent.Contains(ordinal))
                _reused += length;
        }
    }

    /// <summary>These were under way, or refused, and have to travel again.</summary>
    internal void Requeue(Manifest manifest, IEnumerable<long> ordinals)
    {
        foreach (var ordinal in ordinals)
            MakePending(manifest, ordinal);
    }

    internal void Withdraw(Manifest manifest, TransferEntry entry)
    {
        _leftOutChunks += entry.ChunkCount;
        _leftOutBytes += entry.ListedBytes;
        foreach (var ordinal in Ordinals(entry.Chunks))
        {
            window.Settle(ordinal);
            _pending.Remove(ordinal);
            Arrive(ordinal);
            Forget(manifest, ordinal);
        }
    }

    /// <summary>The link is gone: the receiver will say what it misses.</summary>
    internal void ForgetPending()
    {
        _pending.Clear();
        _waiting.Clear();
        _travelling.Clear();
        _arrived.Clear();
    }

    /// <summary>The next chunks to travel together: small ones share a frame. They stay pending until they are taken.</summary>
    /// <param name="bytes">of all of them</param>
    internal List<long>? NextFrame(Manifest manifest, TransferTuning tuning, out long bytes)
    {
        bytes = 0;
        WaitNoLonger(manifest);
        var ordinal = _pending.Next(_from, long.MaxValue);
        if (ordinal < 0)
            return null;
        var frame = new List<long>();
        for (; ordinal >= 0 && frame.Count < tuning.FrameChunks; ordinal = _pending.Next(ordinal + 1, long.MaxValue))
        {
            var length = manifest.LengthOf(ordinal);
            if (frame.Count > 0 && bytes + length > tuning.FrameBytes)
                break;
            frame.Add(ordinal);
            bytes += length;
        }
        return frame;
    }

    /// <summary>These go out, as <see cref="NextFrame"/> has them.</summary>
    internal void Take(Manifest manifest, List<long> frame, long bytes)
    {
        foreach (var taken in frame)
        {
            _pending.Remove(taken);
            if (!_sent.Add(taken))
                _again += manifest.LengthOf(taken);
        }
        _from = frame[^1] + 1;
        _travelled += bytes;
        _chunksTravelled += frame.Count;
    }

    internal TransferProgress Progress(Manifest? manifest) => new(
        manifest?.Bytes ?? 0, _done, _travelled, _reused, _leftOutBytes,
        manifest?.ChunkCount ?? 0, _acknowledged.Count, _chunksTravelled, manifest is { IsComplete: true })
    {
        BytesAgain = _again,
    };

    private void MakePending(Manifest manifest, long ordinal)
    {
        if (_acknowledged.Contains(ordinal) || window.Contains(ordinal) || IsWithdrawn(manifest, ordinal))
            return;
        if (_repeated.EqualTo(ordinal) is { Count: > 0 } equal)
        {
            if (UnderWay(equal, ordinal) is { } other)
            {
                _travelling[equal] = other;
                _waiting.Add(ordinal);
                return;
            }
            _waiting.Remove(ordinal);
            _travelling[equal] = ordinal;
        }
        _pending.Add(ordinal);
        _from = Math.Min(_from, ordinal);
    }

    // One that went out before there was a page with another like it is among the first of them.
    private long? UnderWay(IReadOnlyList<long> equal, long ordinal)
    {
        if (_travelling.TryGetValue(equal, out var known) && IsUnderWay(known))
            return known;
        foreach (var other in equal.Take(RepeatedChunks.MostLookedAt).Where(IsUnderWay))
            return other;
        return null;

        bool IsUnderWay(long other) => other != ordinal && (_pending.Contains(other) || window.Contains(other));
    }

    // It is there, or will never be.
    private void Arrive(long ordinal)
    {
        _waiting.Remove(ordinal);
        if (_travelling.Count > 0 && _repeated.EqualTo(ordinal) is { Count: > 0 } equal && _travelling.GetValueOrDefault(equal, -1) == ordinal)
        {
            _travelling.Remove(equal);
            _arrived.Add(equal);
        }
    }

    // What the receiver did not say it has with the one that arrived. Not before all that it said is heard.
    private void WaitNoLonger(Manifest manifest)
    {
        foreach (var ordinal in _arrived.SelectMany(e => e).Where(_waiting.Contains).ToList())
        {
            _waiting.Remove(ordinal);
            MakePending(manifest, ordinal);
        }
        _arrived.Clear();
    }

    private void Forget(Manifest manifest, long ordinal)
    {
        if (!_acknowledged.Remove(ordinal))
            return;
        var length = manifest.LengthOf(ordinal);
        _done -= length;
        if (!_sent.Contains(ordinal))
            _reused -= length;
    }

    private bool IsWithdrawn(Manifest manifest, long ordinal) =>
        withdrawn.Count > 0 && withdrawn.ContainsKey(manifest.EntryOf(ordinal).Number);

    private static IEnumerable<long> Ordinals(ChunkRange range)
    {
        for (var ordinal = range.First; ordinal < range.End; ordinal++)
            yield return ordinal;
    }
}
