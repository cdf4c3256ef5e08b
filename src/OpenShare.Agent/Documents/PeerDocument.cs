namespace OpenShare.Agent.Documents;

/// <summary>One element of what <c>openshare peers --json</c> prints; with --watch, one line.</summary>
/// <param name="Address">HOST:PORT; null while the device is not to be seen</param>
/// <param name="Trust">certified, provisional, unpaired, expired, duplicate or revoked</param>
/// <param name="FoundBy">mdns, broadcast, last_known or typed; null while the device is not to be seen</param>
/// <param name="LatencyMs">from the start of the search, or the peer's first sign of life since, to the first sighting (docs/discovery.md)</param>
public sealed record PeerDocument(string DeviceId, string Name, string? Address, string Trust, string? FoundBy, long? LatencyMs);

/// <summary>What <c>openshare peers resolve --json</c> prints: the device is refused no longer.</summary>
public sealed record ResolvedDocument(string DeviceId, string Name);
