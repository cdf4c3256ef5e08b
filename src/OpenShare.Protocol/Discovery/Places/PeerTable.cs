using System.Collections.Immutable;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Places;

/// <summary>Turns the announcements that hold into what is told: sighted, lost, and one id at two places.</summary>
/// <param name="areUnpaired">its devices show themselves to be paired: that several say so under one id is for the handshake to find out</param>
internal sealed class PeerTable(bool areUnpaired = false)
{
    private readonly Dictionary<DeviceId, List<Candidate>> _candidates = [];
    private readonly SortedSet<DeviceId> _changed = [];
    private readonly SortedDictionary<DeviceId, MdnsEffect.Sighted> _known = [];
    private readonly SortedDictionary<DeviceId, Doubt> _doubts = [];
    private readonly ForgedPlaces _forged = new();

    /// <summary>When a duplicate that is not yet told has lasted long enough to be told, or a forged place may be heard again.</summary>
    internal DateTimeOffset NextTimeout
    {
        get
        {
            var doubt = _doubts.Count == 0 ? DateTimeOffset.MaxValue : _doubts.Values.Min(DueAt);
            return doubt < _forged.NextTimeout ? doubt : _forged.NextTimeout;
        }
    }

    internal bool HasChanged => _changed.Count > 0;

    /// <summary>An announcement holds in place of another.</summary>
    /// <param name="before">null: there was none</param>
    /// <param name="after">null: it holds no more</param>
    internal void Replace(Candidate? before, Candidate? after)
    {
        if (before is not null)
        {
            _candidates[before.DeviceId].Remove(before);
            _changed.Add(before.DeviceId);
        }

        if (after is null)
            return;
        if (!_candidates.TryGetValue(after.DeviceId, out var list))
            _candidates[after.DeviceId] = list = [];
        list.Add(after);
        _changed.Add(after.DeviceId);
    }

    internal void Ignore(DeviceId device, ImmutableArray<PeerPlace> places, DateTimeOffset until)
    {
        _forged.Add(device, places, until);
        _changed.Add(device);
    }

    /// <param name="ownPlace">where this device itself is, with its own id</param>
    internal void Update(DeviceId ownId, Func<PeerPlace> ownPlace, DateTimeOffset now, List<MdnsEffect> effects)
    {
        _changed.UnionWith(_doubts.Where(d => DueAt(d.Value) <= now).Select(d => d.Key));
        _changed.UnionWith(_forged.TakeExpired(now));
        foreach (var device in _changed)
        {
            var all = _candidates.GetValueOrDefault(device) ?? [];
            if (all.Count == 0)
                _candidates.Remove(device);
            var list = all.FindAll(c => !_forged.Has(c));
            if (list.Count == 0)
            {
                Clear(device, effects);
                Lose(device, effects);
                continue;
            }

            var places = Places(list);
            if (device == ownId)
            {
                var own = ownPlace();
                places = [own, .. places.Where(p => !p.IsSamePlaceAs(own))];
                Lose(device, effects);
            }
            else
            {
                Sight(device, list, places, now, effects);
            }
            if (!areUnpaired)
                Judge(device, places, now, effects);
        }
        _changed.Clear();
    }

    private void Lose(DeviceId device, List<MdnsEffect> effects)
    {
        if (_known.Remove(device))
            effects.Add(new MdnsEffect.Lost(device) { IsUnpaired = areUnpaired });
    }

    private static DateTimeOffset DueAt(Doubt doubt) => doubt.Told.IsEmpty ? doubt.Since + MdnsTimes.BeforeDuplicate : DateTimeOffset.MaxValue;

    // One place for one host and port. Who has just said goodbye counts only where nobody else stays.
    private static ImmutableArray<PeerPlace> Places(List<Candidate> candidates)
    {
        var staying = candidates.Exists(c => !c.IsLeaving) ? candidates.Where(c => !c.IsLeaving) : candidates;
        return
        [
            .. staying.GroupBy(c => (c.Host, c.Port))
                .OrderBy(g => g.Key.Host, StringComparer.Ordinal).ThenBy(g => g.Key.Port)
                .Select(g => new PeerPlace(g.Key.Host, g.Key.Port, [.. PeerAddresses.InOrder(g.SelectMany(c => c.Addresses))])),
        ];
    }

    private void Sight(DeviceId device, List<Candidate> candidates, ImmutableArray<PeerPlace> places, DateTimeOffset now, List<MdnsEffect> effects)
    {
        var known = _known.GetValueOrDefault(device);
        var place = places.FirstOrDefault(p => known is not null && p.IsSamePlaceAs(known.Place)) ?? places[0];
        var newest = candidates.Where(c => c.Host == place.Host && c.Port == place.Port).MaxBy(c => c.HeardAt)!;
        var latency = known?.Latency ?? now - candidates.Min(c => c.AppearedAt);
        var sighted = new MdnsEffect.Sighted(device, newest.Name, newest.ShortFingerprint, place, newest.News, latency,
            candidates.Where(c => c.Host == place.Host && c.Port == place.Port).Min(c => c.Medium)) { IsUnpaired = areUnpaired };
        if (sighted == known)
            return;
        _known[device] = sighted;
        effects.Add(sighted);
    }

    // Two places are told when they have lasted a moment, and again when they change.
    private void Judge(DeviceId device, ImmutableArray<PeerPlace> places, DateTimeOffset now, List<MdnsEffect> effects)
    {
        if (places.Length < 2)
        {
            Clear(device, effects);
            return;
        }

        var doubt = _doubts.GetValueOrDefault(device) ?? new Doubt(now, []);
        if (now >= doubt.Since + MdnsTimes.BeforeDuplicate && !doubt.Told.SequenceEqual(places))
        {
            doubt = doubt with { Told = places };
            effects.Add(new MdnsEffect.Duplicate(device, places));
        }

        _doubts[device] = doubt;
    }

    private void Clear(DeviceId device, List<MdnsEffect> effects)
    {
        if (_doubts.Remove(device, out var doubt) && !doubt.Told.IsEmpty)
            effects.Add(new MdnsEffect.DuplicateEnded(device));
    }

    private sealed record Doubt(DateTimeOffset Since, ImmutableArray<PeerPlace> Told);
}
