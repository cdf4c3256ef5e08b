using System.Collections.Immutable;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Places;

/// <summary>Places that announced a device and could not prove that they are it. Bounded: the oldest makes room.</summary>
internal sealed class ForgedPlaces
{
    private const int Most = 256;

    private readonly Dictionary<(DeviceId Device, string Host, int Port), DateTimeOffset> _until = [];

    /// <summary>When the first may be heard again.</summary>
    internal DateTimeOffset NextTimeout => _until.Count == 0 ? DateTimeOffset.MaxValue : _until.Values.Min();

    internal void Add(DeviceId device, ImmutableArray<PeerPlace> places, DateTimeOffset until)
    {
        foreach (var place in places)
        {
            if (_until.Count == Most)
                _until.Remove(_until.MinBy(f => f.Value).Key);
            _until[(device, place.Host, place.Port)] = until;
        }
    }

    internal bool Has(Candidate announced) => _until.ContainsKey((announced.DeviceId, announced.Host, announced.Port));

    /// <returns>whose they were</returns>
    internal IEnumerable<DeviceId> TakeExpired(DateTimeOffset now)
    {
        var expired = _until.Where(f => f.Value <= now).Select(f => f.Key).ToList();
        foreach (var place in expired)
            _until.Remove(place);
        return expired.Select(f => f.Device);
    }
}
