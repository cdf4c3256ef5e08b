using System.Collections.Immutable;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Pairing;

/// <summary>
/// How a device that has no certificate takes part in a handshake for pairing: as an organisation of its own, with one it
/// made itself. It proves its key and says its name, and no other handshake accepts it.
/// </summary>
public static class Introduction
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public static HandshakeParty Of(ISigner key, string name, InstanceId instance, DateTimeOffset now)
    {
        var trust = TrustRoot.Create(key, key.PublicKey, key.PublicKey, now - ClockSkew.Allowed, now + Lifetime);
        var certificate = DeviceCertificate.Issue(key, 0, 0, key.PublicKey, AccountId.Parse("unpaired"), name, now, Lifetime);
        return new HandshakeParty(key, certificate, TrustChain.Of(trust), null, ImmutableHashSet<DeviceId>.Empty, TimeFloor.None) { Instance = instance };
    }
}
