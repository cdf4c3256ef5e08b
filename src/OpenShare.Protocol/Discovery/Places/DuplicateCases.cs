using System.Collections.Immutable;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Places;

/// <summary>
/// Device ids that two places announce: each place is challenged to prove that it holds the key. One that cannot is ignored;
/// where two can, the key was copied, and the device is refused until its user has resolved that.
/// </summary>
public sealed class DuplicateCases
{
    /// <summary>So long a place has to prove itself, and so long the device is refused for no more than an announcement.</summary>
    public static readonly TimeSpan ChallengeLasts = TimeSpan.FromSeconds(2);

    /// <summary>So long a forged place is ignored, and a device is not suspected again: whoever forges announcements has it refused for no more than two seconds in that time.</summary>
    public static readonly TimeSpan ForgeryHolds = TimeSpan.FromMinutes(10);

    // Anybody may announce ids twice without end: of those that are looked into by now, the one that was suspected first makes room.
    private const int Most = 64;

    // Where nobody could be reached it is tried again, and nobody is refused meanwhile: whoever is dialled has to prove itself anyhow.
    private static readonly TimeSpan s_beforeNextTry = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<DeviceId, Case> _cases = [];

    /// <param name="cloned">found to be copied before, and not resolved since</param>
    public DuplicateCases(IEnumerable<DeviceId> cloned)
    {
        foreach (var device in cloned)
            _cases[device] = new Case { IsCloned = true };
    }

    /// <summary>Challenged, and not so lately before: refused for that moment, as anybody may have announced it.</summary>
    public IEnumerable<DeviceId> Suspected => _cases.Where(c => c.Value is { IsChallenged: true, IsSuspected: true }).Select(c => c.Key);

    /// <summary>Proven to be in two places at once.</summary>
    public IEnumerable<DeviceId> Cloned => _cases.Where(c => c.Value.IsCloned).Select(c => c.Key);

    /// <summary>When <see cref="HandleTimeout"/> wants to be called.</summary>
    public DateTimeOffset NextTimeout => _cases.Count == 0 ? DateTimeOffset.MaxValue : _cases.Values.Min(c => c.Due);

    /// <summary>Several places announce the device.</summary>
    /// <param name="own">this device's own place and run, where it is its own id: proven without a question</param>
    public IReadOnlyList<DuplicateEffect> HandleAnnounced(DeviceId device, ImmutableArray<PeerPlace> places, PlaceProof? own, DateTimeOffset now)
    {
        if (!_cases.TryGetValue(device, out var known))
        {
            if (!MakeRoom())
                return [];
            _cases[device] = known = new Case();
        }
        (known.Places, known.Own) = (places, own);
        return known.IsCloned ? [] : Challenge(device, known, now);
    }

    /// <summary>One place at most is left.</summary>
    public IReadOnlyList<DuplicateEffect> HandleEnded(DeviceId device)
    {
        if (!_cases.TryGetValue(device, out var known))
            return [];
        known.Places = [];
        var wasChallenged = known.IsChallenged;
        if (known.IsResolving)
            return Settle(device);
        known.IsChallenged = false;
        // It is remembered for as long as it is not suspected again.
        known.Due = known.IsCloned ? DateTimeOffset.MaxValue : known.NotSuspectedBefore;
        return wasChallenged ? [new DuplicateEffect.Settled(device)] : [];
    }

    /// <param name="round">of the challenge</param>
    /// <param name="proven">the run that has proven there that it holds the key; null: nobody has</param>
    public IReadOnlyList<DuplicateEffect> HandleAnswered(DeviceId device, int round, PeerPlace place, InstanceId? proven, DateTimeOffset now)
    {
        if (!_cases.TryGetValue(device, out var known) || !known.IsChallenged || known.Round != round || !known.Open.Remove(place))
            return [];
        if (proven is { } instance)
            known.Proven.Add(new PlaceProof(place, instance));
        // Two that prove it are a copy, whatever the others would say.
        return known.Open.Count == 0 || known.HasTwoHolders ? Judge(device, known, now) : [];
    }

    public IReadOnlyList<DuplicateEffect> HandleTimeout(DateTimeOffset now)
    {
        List<DuplicateEffect> effects = [];
        foreach (var (device, known) in _cases.Where(c => c.Value.Due <= now).ToList())
        {
            if (known.IsChallenged)
                effects.AddRange(Judge(device, known, now));
            else if (known.Places.IsEmpty)
                _cases.Remove(device);
            else
                effects.AddRange(Challenge(device, known, now));
        }
        return effects;
    }

    /// <summary>Its user says that there is no copy any more: that is put to the proof.</summary>
    public IReadOnlyList<DuplicateEffect> HandleResolve(DeviceId device, DateTimeOffset now)
    {
        if (!_cases.TryGetValue(device, out var known) || !known.IsCloned)
            return [];
        if (known.Places.Length < 2)
            return Settle(device);
        known.IsResolving = true;
        return Challenge(device, known, now);
    }

    private static IReadOnlyList<DuplicateEffect> Challenge(DeviceId device, Case known, DateTimeOffset now)
    {
        known.Round++;
        (known.IsChallenged, known.Due) = (true, now + ChallengeLasts);
        // Announced at other places while it is challenged, it is suspected no longer than that.
        known.IsSuspected = !known.IsCloned && now >= known.NotSuspectedBefore;
        if (known.IsSuspected)
            known.NotSuspectedBefore = now + ForgeryHolds;
        known.Proven = known.Own is { } own ? [own] : [];
        known.Open = [.. known.Places.Where(p => known.Own?.Place.IsSamePlaceAs(p) != true)];
        return [.. known.Open.Select(p => new DuplicateEffect.Challenge(device, known.Round, p))];
    }

    private IReadOnlyList<DuplicateEffect> Judge(DeviceId device, Case known, DateTimeOffset now)
    {
        var isResolving = known.IsResolving;
        (known.IsChallenged, known.IsResolving, known.Due) = (false, false, DateTimeOffset.MaxValue);
        ImmutableArray<PeerPlace> proven = [.. known.Proven.Select(p => p.Place)];
        if (known.HasTwoHolders)
        {
            known.IsCloned = true;
            return [new DuplicateEffect.Cloned(device, proven)];
        }
        if (proven.IsEmpty && isResolving)
            return [new DuplicateEffect.Unresolved(device, known.Places)];

        List<DuplicateEffect> effects = [];
        ImmutableArray<PeerPlace> forged = [.. known.Places.Where(p => !proven.Any(p.IsSamePlaceAs))];
        if (proven.IsEmpty)
            known.Due = now + s_beforeNextTry;
        else if (!forged.IsEmpty)
            effects.Add(new DuplicateEffect.Forged(device, forged, now + ForgeryHolds));
        // A copy that is out of reach for the moment is no proof that there is none, unless its user says so.
        return isResolving ? [.. effects, .. Settle(device)] : [.. effects, new DuplicateEffect.Settled(device)];
    }

    private IReadOnlyList<DuplicateEffect> Settle(DeviceId device)
    {
        _cases.Remove(device);
        return [new DuplicateEffect.Settled(device)];
    }

    private bool MakeRoom()
    {
        if (_cases.Values.Count(c => !c.IsCloned) < Most)
            return true;
        var settled = _cases.Where(c => c.Value is { IsCloned: false, IsChallenged: false }).ToList();
        return settled.Count > 0 && _cases.Remove(settled.MinBy(c => c.Value.NotSuspectedBefore).Key);
    }

    private sealed class Case
    {
        internal ImmutableArray<PeerPlace> Places { get; set; } = [];

        internal PlaceProof? Own { get; set; }

        internal List<PeerPlace> Open { get; set; } = [];

        internal List<PlaceProof> Proven { get; set; } = [];

        internal int Round { get; set; }

        internal DateTimeOffset Due { get; set; } = DateTimeOffset.MaxValue;

        /// <summary>Whatever is announced till then, it is not refused for that.</summary>
        internal DateTimeOffset NotSuspectedBefore { get; set; } = DateTimeOffset.MinValue;

        internal bool IsSuspected { get; set; }

        internal bool IsChallenged { get; set; }

        internal bool IsCloned { get; set; }

        internal bool IsResolving { get; set; }

        // One run that is reached in two ways, by another name or through somebody who passes it on, is one holder.
        internal bool HasTwoHolders => Proven.Skip(1).Any(p => !p.Instance.IsSameAs(Proven[0].Instance));
    }
}
