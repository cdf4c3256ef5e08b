using System.Collections.Immutable;
using OpenShare.Device.Discovery;
using OpenShare.Protocol.Discovery;

namespace OpenShare.Device.Views;

/// <summary>The ways of finding devices, in the order in which one follows the other, and what came of each.</summary>
/// <param name="LastKnown">known devices, dialled where they were last reached</param>
/// <param name="IsAlone">nobody is heard by multicast nor broadcast on any network</param>
public sealed record DiscoveryView(ImmutableArray<RungView> Rungs, RungState LastKnown, bool IsAlone)
{
    /// <summary>Nobody was found in any of these ways: a new device can be paired by a code or a QR.</summary>
    public bool IsPairingOffered { get; init; }
}
