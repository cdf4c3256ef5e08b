using System.Net;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Places;

/// <summary>
/// Devices that are dialled where they were last reached, as no announcement tells of them: all that are known, at once while nobody
/// at all is heard, and any whom somebody asks for. One that answered is there for as long as it goes on answering: no goodbye of
/// its own need ever arrive.
/// </summary>
public sealed class LastKnownPlan
{
    /// <summary>Dialled at most, but for whom somebody asks for: those last seen.</summary>
    public const int Most = 32;

    /// <summary>So often one that goes on answering is dialled again; sooner at first.</summary>
    public static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(60);

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
        foreach (var device in Unannounced(known))
            Want(device, searchStarted, now, isAskedFor: false);
    }

    /// <summary>Somebody is heard. Whoever is not is tried all the same, in a while: a wall may be between it and us that is not before the others.</summary>
    /// <param name="known">the last seen first</param>
    public void HandleCompany(IEnumerable<DeviceId> known, DateTimeOffset now)
    {
        IsSearching = false;
        foreach (var device in Unannounced(known))
            WantLater(device, now);
    }

    /// <summary>Somebody asks for this one.</summary>
    public void HandleAskedFor(DeviceId device, DateTimeOffset now)
    {
        if (!_announced.Contains(device))
            Want(device, now, now, isAskedFor: true);
    }

    /// <summary>It came, and said where it listens: at once while nobody is heard, else in a while, as its announcement may be on the way.</summary>
    public void HandleTold(DeviceId device, DateTimeOffset now)
    {
        if (_announced.Contains(device))
            return;
        if (!_tries.TryGetValue(device, out var known))
        {
            if (_tries.Count >= Most)
                return;
            _tries[device] = known = new Try { Due = DateTimeOffset.MaxValue, SoughtSince = now };
        }
        known.IsAskedFor = false;
        if (known.IsThere)
            return;
        // Looked for in vain before, perhaps where it was: that is no reason to wait now.
        known.Pause = TimeSpan.Zero;
        var due = IsSearching ? now : now + s_firstPause;
        if (!known.IsCalled && due < known.Due)
            known.Due = due;
    }

    /// <summary>A link to it ended, or could not be had: if it is taken to be there, that is looked into now.</summary>
    public void HandleDoubted(DeviceId device, DateTimeOffset now)
    {
        if (_tries.GetValueOrDefault(device) is { IsThere: true, IsCalled: false } known)
            (known.Due, known.Pause) = (now, TimeSpan.Zero);
    }

    /// <summary>It was reached at an address that somebody typed.</summary>
    /// <returns>true: it was not to be seen before</returns>
    public bool HandleReached(DeviceId device, IPEndPoint at, DateTimeOffset now)
    {
        if (_announced.Contains(device) || _tries.GetValueOrDefault(device) is { IsThere: true })
            return false;
        _tries[device] = new Try { At = at, WasAnswered = true, IsAskedFor = true, Pause = s_firstPause, Due = now + s_firstPause };
        return true;
    }

    /// <summary>It is announced: where it was last reached is of no interest.</summary>
    public void HandleSighted(DeviceId device)
    {
        _announced.Add(device);
        _tries.Remove(device);
    }

    /// <param name="isKnown">it was proven once, and is tried where it was, in a while</param>
    public void HandleLost(DeviceId device, bool isKnown, DateTimeOffset now)
    {
        if (_announced.Remove(device) && isKnown)
            WantLater(device, now);
    }

    /// <param name="at">where it answered; null: nowhere</param>
    /// <returns>true: whether it is there, or where, has changed</returns>
    public bool HandleAnswered(DeviceId device, IPEndPoint? at, DateTimeOffset now)
    {
        if (!_tries.TryGetValue(device, out var known))
            return false;
        var hasMoved = !Equals(known.At, at);
        var hasChanged = known.IsThere != at is not null;
        (known.At, known.WasAnswered, known.IsCalled) = (at, true, false);
        known.Pause = Longer(hasChanged ? TimeSpan.Zero : known.Pause, at is null ? s_longestPause : LongestCheck);
        known.Due = now + known.Pause;
        known.SoughtSince = null;
        // Whom somebody asked for and did not get is not looked for all day.
        if (at is null && known.IsAskedFor)
            _tries.Remove(device);
        return hasMoved;
    }

    /// <summary>It answered, and wants nothing to do with this device: it is where it was.</summary>
    /// <returns>as <see cref="HandleAnswered"/></returns>
    public bool HandleRefused(DeviceId device, DateTimeOffset now) => HandleAnswered(device, _tries.GetValueOrDefault(device)?.At, now);

    /// <summary>Whom to dial now.</summary>
    public IReadOnlyList<DeviceId> TakeDue(DateTimeOffset now)
    {
        List<DeviceId> due = [.. _tries.Where(t => t.Value.Due <= now).Select(t => t.Key)];
        // Due again only when an answer has come, or should have long ago.
        foreach (var device in due)
        {
            (_tries[device].Due, _tries[device].IsCalled) = (now + LongestCheck, true);
            _tries[device].SoughtSince ??= now;
        }
        return due;
    }

    /// <summary>Since when this one, who is due, is looked for: dialled in vain before, it was not there, and that is from now on.</summary>
    public DateTimeOffset? SoughtSince(DeviceId device) => _tries.GetValueOrDefault(device)?.SoughtSince;

    private IEnumerable<DeviceId> Unannounced(IEnumerable<DeviceId> known) => known.Where(d => !_announced.Contains(d)).Take(Most);

    private void WantLater(DeviceId device, DateTimeOffset now)
    {
        if (_tries.GetValueOrDefault(device) is { } tried)
            tried.IsAskedFor = false;
        else if (_tries.Count < Most)
            _tries[device] = new Try { Due = now + s_firstPause, Pause = s_firstPause, SoughtSince = now };
    }

    private void Want(DeviceId device, DateTimeOffset since, DateTimeOffset now, bool isAskedFor)
    {
        if (!_tries.TryGetValue(device, out var known))
            _tries[device] = known = new Try { IsAskedFor = isAskedFor };
        if (!known.WasAnswered)
            known.SoughtSince = since;
        // One call to a device at a time.
        if (known is { IsThere: false, IsCalled: false })
            (known.Due, known.Pause) = (now, TimeSpan.Zero);
        known.IsAskedFor &= isAskedFor;
    }

    private static TimeSpan Longer(TimeSpan pause, TimeSpan longest) =>
        pause == TimeSpan.Zero ? s_firstPause : pause * 2 < longest ? pause * 2 : longest;

    private sealed class Try
    {
        internal DateTimeOffset Due { get; set; }

        internal DateTimeOffset? SoughtSince { get; set; }

        internal TimeSpan Pause { get; set; }

        internal IPEndPoint? At { get; set; }

        internal bool IsThere => At is not null;

        internal bool WasAnswered { get; set; }

        internal bool IsAskedFor { get; set; }

        internal bool IsCalled { get; set; }
    }
}
