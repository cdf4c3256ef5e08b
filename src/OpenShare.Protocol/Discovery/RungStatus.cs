namespace OpenShare.Protocol.Discovery;

/// <summary>What came of one way of finding devices on one interface.</summary>
public sealed record RungStatus(int Interface, DiscoveryMedium Medium, RungState State);
