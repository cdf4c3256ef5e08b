using System.Collections.Immutable;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Protocol.Handshake;

/// <summary>This device as it stands at the start of a handshake: what it shows, and what it judges the other side by.</summary>
/// <param name="Duplicates">device ids whose key is in two places at once: refused until that is resolved</param>
/// <param name="Floor">below which its idea of time does not run, whatever its clock says</param>
public sealed record HandshakeParty(
    ISigner Key,
    DeviceCertificate Certificate,
    TrustChain Trust,
    RevocationList? Revoked,
    IReadOnlySet<DeviceId> Duplicates,
    TimeFloor Floor)
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>The account's, as it was issued; null: it has none that could be handed on.</summary>
    public DiscoveryKey? DiscoveryKey { get; init; }

    /// <summary>The TCP port where it takes connections; null: none.</summary>
    public int? ListensAt { get; init; }

    /// <summary>This run of the device.</summary>
    public InstanceId Instance { get; init; }

    /// <summary>Those whom this device has invited to be paired, or had a while ago: they are told what became of that.</summary>
    public IReadOnlySet<PairingCode> Invited { get; init; } = ImmutableHashSet<PairingCode>.Empty;

    /// <summary>This device shows itself on the network to be paired: whoever has a key may come and offer to.</summary>
    public bool TakesOffers { get; init; }

    /// <summary>Provisional certificates that their sponsors have taken back.</summary>
    public IReadOnlySet<GivenCertificate> Withdrawn { get; init; } = ImmutableHashSet<GivenCertificate>.Empty;

    /// <summary>What of them is handed on to peers, newest first.</summary>
    public ImmutableArray<Wire.Signed> Withdrawals { get; init; } = [];

    /// <summary>Device ids that two places announce, and that are asked to prove it: refused for the moment.</summary>
    public IReadOnlySet<DeviceId> Suspected { get; init; } = ImmutableHashSet<DeviceId>.Empty;

    public StaleListRule StaleList { get; init; } = StaleListRule.Warn;

    /// <summary>Why a peer that has proven itself once may not be spoken with as things stand now; null: it may.</summary>
    /// <param name="judgedBy">what it was judged by then: counts where it is ahead of what this party knows</param>
    public HandshakeFailure.Refused? ObjectionTo(DeviceCertificate peer, TrustChain judgedBy, DateTimeOffset now) =>
        PeerChecks.JudgeStanding(judgedBy.Holds(Trust.Newest) ? this with { Trust = judgedBy } : this, peer, now);

    /// <summary>The discovery key to hand on to a peer that has proven itself once; null: none, or none to that one.</summary>
    /// <param name="judgedBy">what it was judged by then</param>
    /// <param name="held">the version that it said it has</param>
    public DiscoveryKey? KeyFor(DeviceCertificate peer, TrustChain judgedBy, uint held, DateTimeOffset now) =>
        DiscoveryKey is { } key && key.Version > held
        // The list may still be on its way that says whom the key was changed for.
        && (Revoked?.Version ?? 0) >= key.RevocationList
        && ObjectionTo(peer, judgedBy, now) is null && key.IsVouchedFor(Trust.Newest)
            ? key : null;

    /// <summary>The same device once it has followed newer trust roots.</summary>
    internal HandshakeParty Following(TrustChain chain) => this with { Trust = chain, Floor = Floor.Raise(chain.Newest.IssuedAt) };
}
