using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery;

/// <summary>
/// Devices that are dialled where they were last reached, as no announcement tells of them: all that are known while nobody
/// at all is heard, and any whom somebody asks for. One that answered is there for as long as it goes on answering.
/// </summary>
public sealed class LastKnownPlan
{
    /// <summary>Dialled at most while nobody is heard: those last seen.</summary>
    public const int Most = 32;

    /// <summary>So often one that answered is dialled again.</summary>
    public static readonly TimeSpan BetweenChecks = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(10);

    private readonly SortedDictionary<DeviceId, Try> _tries = [];
    private readonly HashSet<DeviceId> _announced = [];

    /// <summary>When <see cref="TakeDue"/> has somebody; <see cref="DateTimeOffset.MaxValue"/>: only after another input.</summary>
    public DateTimeOffset NextTimeout => _tries.Count == 0 ? DateTimeOffset.MaxValue : _tries.Values.Min(t => t.Due);

    /// <summary>What came of it for those that were wanted because nobody is heard.</summary>
    public RungState State => _tries.Values.Any(t => t.IsThere) ? RungState.Found
        : !IsSearching ? RungState.Resting
        : _tries.Values.Any(t => t is { WasAnswered: false, IsAskedFor: false }) ? RungState.Searching : RungState.Nobody;

    /// <summary>Nobody is heard.</summary>
    public bool IsSearching { get; private set; }

    /// <summary>Nobody is heard: these are tried, and again and again with longer pauses.</summary>
    /// <param name="known">the last seen first</param>
    /// <param name="searchStarted">when somebody was first looked for, in other ways</param>
    public void HandleAlone(IEnumerable<DeviceId> known, DateTimeOffset searchStarted, DateTimeOffset now)
    {
        IsSearching = true;
        foreach (var device in known.Where(d => !_announced.Contains(d)).Take(Most))
            Want(device, searchStarted, now, isAskedFor: false);
    }

    /// <summary>Somebody is heard: of those that did not answer none is tried any more.</summary>
    public void HandleCompany()
    {
        IsSearching = false;
        foreach (var silent in _tries.Where(t => !t.Value.IsThere).Select(t => t.Key).ToList())
            _tries.Remove(silent);
    }

    /// <summary>Somebody asks for this one.</summary>
    public void HandleAskedFor(DeviceId device, DateTimeOffset now)
    {
        if (!_announced.Contains(device))
            Want(device, now, now, isAskedFor: true);
    }

    /// <summary>It was reached at an address that somebody typed.</summary>
    /// <returns>true: it was not to be seen before</returns>
    public bool HandleReached(DeviceId device, DateTimeOffset now)
    {
        if (_announced.Contains(device) || _tries.GetValueOrDefault(device) is { IsThere: true })
            return false;
        _tries[device] = new Try { IsThere = true, WasAnswered = true, IsAskedFor = true, Pause = BetweenChecks, Due = now + BetweenChecks };
        return true;
    }

    /// <summary>It is announced: where it was last reached is of no interest.</summary>
    public void HandleSighted(DeviceId device)
    {
        _announced.Add(device);
        _tries.Remove(device);
    }

    public void HandleLost(DeviceId device) => _announced.Remove(device);

    /// <returns>true: whether it is there has changed</returns>
    public bool HandleAnswered(DeviceId device, bool isThere, DateTimeOffset now)
    {
        if (!_tries.TryGetValue(device, out var known))
            return false;
        var changed = known.IsThere != isThere;
        (known.IsThere, known.WasAnswered) = (isThere, true);
        known.Pause = isThere ? BetweenChecks : Longer(known.Pause, changed);
        known.Due = now + known.Pause;
        known.SoughtSince = null;
        // Whom somebody asked for and did not get is not looked for all day.
        if (!isThere && (known.IsAskedFor || !IsSearching))
            _tries.Remove(device);
        return changed;
    }

    /// <summary>Whom to dial now.</summary>
    public IReadOnlyList<DeviceId> TakeDue(DateTimeOffset now)
    {
        List<DeviceId> due = [.. _tries.Where(t => t.Value.Due <= now).Select(t => t.Key)];
        // Due again only when an answer has come, or should have long ago.
        foreach (var device in due)
        {
            _tries[device].Due = now + BetweenChecks;
            _tries[device].SoughtSince ??= now;
        }
        return due;
    }

    /// <summary>Since when this one, who is due, is looked for: dialled in vain before, it was not there, and that is from now on.</summary>
    public DateTimeOffset? SoughtSince(DeviceId device) => _tries.GetValueOrDefault(device)?.SoughtSince;

    private void Want(DeviceId device, DateTimeOffset since, DateTimeOffset now, bool isAskedFor)
    {
        if (!_tries.TryGetValue(device, out var known))
            _tries[device] = known = new Try { IsAskedFor = isAskedFor, SoughtSince = since };
        if (!known.IsThere)
            known.Due = now;
        known.IsAskedFor &= isAskedFor;
    }

    private static TimeSpan Longer(TimeSpan pause, bool isFirst) =>
        isFirst || pause == TimeSpan.Zero ? s_firstPause : pause * 2 < s_longestPause ? pause * 2 : s_longestPause;

    private sealed class Try
    {
        internal DateTimeOffset Due { get; set; }

        internal DateTimeOffset? SoughtSince { get; set; }

        internal TimeSpan Pause { get; set; }

        internal bool IsThere { get; set; }

        internal bool WasAnswered { get; set; }

        internal bool IsAskedFor { get; set; }
    }
}
