using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Views;

/// <param name="Trust">what other devices will make of this one</param>
/// <param name="Listening">empty while not on the network</param>
/// <param name="Warnings">sentences for a person: a key without a passphrase, a stale list, an interface that fails, a peer refused</param>
public sealed record DeviceStatus(
    DeviceId DeviceId,
    AccountId? Account,
    string Name,
    DateTimeOffset? CertificateExpiresAt,
    PeerTrust Trust,
    RegistrationState Registration,
    RevocationView Revocation,
    ImmutableArray<IPEndPoint> Listening,
    DiscoveryView Discovery,
    ImmutableArray<string> Warnings)
{
    /// <summary>It was not renewed in its time, and is near its end.</summary>
    public bool CertificateEndsSoon { get; init; }

    public ImmutableArray<AcceptRuleView> Rules { get; init; } = [];
}
