using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Places;

/// <summary>A run of a device has proven at a place that it holds the device's key.</summary>
public sealed record PlaceProof(PeerPlace Place, InstanceId Instance);
