using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Places;

/// <summary>One complete announcement, of the own account or of a device that shows itself to be paired, as heard on one interface.</summary>
/// <param name="IsElsewhere">on another host than this device</param>
/// <param name="IsLeaving">it has just said goodbye</param>
/// <param name="IsUnpaired">it has no account, and shows itself to be paired</param>
internal sealed record Candidate(
    DeviceId DeviceId, string Name, string ShortFingerprint, string Host, int Port, ImmutableArray<IPAddress> Addresses,
    NewsTag? News, DateTimeOffset AppearedAt, DateTimeOffset HeardAt, DiscoveryMedium Medium, bool IsElsewhere, bool IsLeaving, bool IsUnpaired);
