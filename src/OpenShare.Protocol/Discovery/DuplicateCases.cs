using System.Collections.Immutable;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery;

/// <summary>
/// Device ids that two places announce: each place is challenged to prove that it holds the key. One that cannot is ignored;
/// where two can, the key was copied, and the device is refused until its user has resolved that.
/// </summary>
public sealed class DuplicateCases
{
    /// <summary>So long a place has to prove itself, and so long the device is refused for no more than an announcement.</summary>
    public static readonly TimeSpan ChallengeLasts = TimeSpan.FromSeconds(2);

    /// <summary>So long a forged place is ignored: who forges it on has the device refused for no more than two seconds in ten minutes.</summary>
    public static readonly TimeSpan ForgeryHolds = TimeSpan.FromMinutes(10);

    // Anybody may announce ids twice without end: what is beyond that is not looked into, and not refused.
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

    /// <summary>Challenged for the first time now: anybody may have announced it.</summary>
    public IEnumerable<DeviceId> Suspected => _cases.Where(c => c.Value is { IsChallenged: true, Round: 1, IsCloned: false }).Select(c => c.Key);

    /// <summary>Proven to be in two places at once.</summary>
    public IEnumerable<DeviceId> Cloned => _cases.Where(c => c.Value.IsCloned).Select(c => c.Key);

    /// <summary>When <see cref="HandleTimeout"/> wants to be called.</summary>
    public DateTimeOffset NextTimeout => _cases.Count == 0 ? DateTimeOffset.MaxValue : _cases.Values.Min(c => c.Due);

    /// <summary>Several places announce the device.</summary>
    /// <param name="own">this device's own place, where it is its own id: proven without a question</param>
    public IReadOnlyList<DuplicateEffect> HandleAnnounced(DeviceId device, ImmutableArray<PeerPlace> places, PeerPlace? own, DateTimeOffset now)
    {
        if (!_cases.TryGetValue(device, out var known))
        {
            if (_cases.Values.Count(c => !c.IsCloned) == Most)
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
        known.Due = DateTimeOffset.MaxValue;
        var wasChallenged = known.IsChallenged;
        known.IsChallenged = false;
        if (known.IsCloned && !known.IsResolving)
            return [];
        return known.IsCloned ? Settle(device) : Forget(device, wasChallenged);
    }

    public IReadOnlyList<DuplicateEffect> HandleAnswered(DeviceId device, int round, PeerPlace place, bool isProven, DateTimeOffset now)
    {
        if (!_cases.TryGetValue(device, out var known) || !known.IsChallenged || known.Round != round || !known.Open.Remove(place))
            return [];
        if (isProven)
            known.Proven.Add(place);
        // Two that prove it are a copy, whatever the others would say.
        return known.Open.Count == 0 || known.Proven.Count > 1 ? Judge(device, known, now) : [];
    }

    public IReadOnlyList<DuplicateEffect> HandleTimeout(DateTimeOffset now)
    {
        List<DuplicateEffect> effects = [];
        foreach (var (device, known) in _cases.Where(c => c.Value.Due <= now).ToList())
            effects.AddRange(known.IsChallenged ? Judge(device, known, now) : Challenge(device, known, now));
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
        known.Proven = [.. known.Places.Where(p => known.Own is { } own && p.IsSamePlaceAs(own))];
        known.Open = [.. known.Places.Except(known.Proven)];
        return [.. known.Open.Select(p => new DuplicateEffect.Challenge(device, known.Round, p))];
    }

    private IReadOnlyList<DuplicateEffect> Judge(DeviceId device, Case known, DateTimeOffset now)
    {
        known.IsChallenged = false;
        known.Due = DateTimeOffset.MaxValue;
        if (known.Proven.Count > 1)
        {
            (known.IsCloned, known.IsResolving) = (true, false);
            return [new DuplicateEffect.Cloned(device, [.. known.Proven])];
        }

        List<DuplicateEffect> effects = [];
        if (known.Proven is [var proven])
            effects.Add(new DuplicateEffect.Forged(device, [.. known.Places.Where(p => !p.IsSamePlaceAs(proven))], now + ForgeryHolds));
        else
            known.Due = now + s_beforeNextTry;
        // A copy that is out of reach for the moment is no proof that there is none, unless its user says so.
        if (known.IsCloned && known.IsResolving)
            return [.. effects, .. Settle(device)];
        return [.. effects, new DuplicateEffect.Settled(device)];
    }

    private IReadOnlyList<DuplicateEffect> Settle(DeviceId device)
    {
        _cases.Remove(device);
        return [new DuplicateEffect.Settled(device)];
    }

    private IReadOnlyList<DuplicateEffect> Forget(DeviceId device, bool wasChallenged)
    {
        _cases.Remove(device);
        return wasChallenged ? [new DuplicateEffect.Settled(device)] : [];
    }

    private sealed class Case
    {
        internal ImmutableArray<PeerPlace> Places { get; set; } = [];

        internal PeerPlace? Own { get; set; }

        internal List<PeerPlace> Open { get; set; } = [];

        internal List<PeerPlace> Proven { get; set; } = [];

        internal int Round { get; set; }

        internal DateTimeOffset Due { get; set; } = DateTimeOffset.MaxValue;

        internal bool IsChallenged { get; set; }

        internal bool IsCloned { get; set; }

        internal bool IsResolving { get; set; }
    }
}
