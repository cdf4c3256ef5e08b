using System.Collections.Immutable;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Places;

/// <summary>
/// The devices of the own account, and those that show themselves to be paired: kept apart, so that who announces himself as the
/// one casts no doubt on the other.
/// </summary>
internal sealed class PeerTables
{
    private readonly PeerTable _own = new();
    private readonly PeerTable _unpaired = new(areUnpaired: true);

    internal bool HasChanged => _own.HasChanged || _unpaired.HasChanged;

    internal DateTimeOffset NextTimeout => _own.NextTimeout;

    /// <inheritdoc cref="PeerTable.Replace"/>
    internal void Replace(Candidate? before, Candidate? after)
    {
        _own.Replace(Own(before), Own(after));
        _unpaired.Replace(Unpaired(before), Unpaired(after));
    }

    internal void Ignore(DeviceId device, ImmutableArray<PeerPlace> places, DateTimeOffset until) => _own.Ignore(device, places, until);

    /// <inheritdoc cref="PeerTable.Update"/>
    internal void Update(DeviceId ownId, Func<PeerPlace> ownPlace, DateTimeOffset now, List<MdnsEffect> effects)
    {
        _own.Update(ownId, ownPlace, now, effects);
        _unpaired.Update(ownId, ownPlace, now, effects);
    }

    private static Candidate? Own(Candidate? candidate) => candidate is { IsUnpaired: false } ? candidate : null;

    private static Candidate? Unpaired(Candidate? candidate) => candidate is { IsUnpaired: true } ? candidate : null;
}
