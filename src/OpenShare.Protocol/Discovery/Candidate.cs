using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery;

/// <summary>One complete announcement of the own account as heard on one interface.</summary>
/// <param name="IsElsewhere">on another host than this device</param>
/// <param name="IsLeaving">it has just said goodbye</param>
internal sealed record Candidate(
    DeviceId DeviceId, string Name, string ShortFingerprint, string Host, int Port, ImmutableArray<IPAddress> Addresses,
    NewsTag? News, DateTimeOffset AppearedAt, DateTimeOffset HeardAt, DiscoveryMedium Medium, bool IsElsewhere, bool IsLeaving);
