using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>A registration service's keys, all from fixed seeds, and the devices it certifies.</summary>
/// <param name="family">the first byte of every seed: another one is another organisation</param>
internal sealed class Organisation(byte family = 0)
{
    internal static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);
    internal static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private ulong _devices;

    internal SigningKey Root { get; } = Key(family, 1);

    internal SigningKey Issuing { get; } = Key(family, 2);

    internal SigningKey Revocation { get; } = Key(family, 3);

    internal TrustRoot Trust => field ??= TrustRoot.Create(Root, Issuing.PublicKey, Revocation.PublicKey, Now.AddDays(-30), Now.AddYears(5));

    internal static byte[] Seed(byte family, byte number) => [family, .. Enumerable.Repeat(number, SigningKey.SeedSize - 1)];

    internal static SigningKey Key(byte family, byte number) => SigningKey.FromSeed(Seed(family, number));

    /// <summary>A device as it starts a handshake. Its key is that of its number.</summary>
    internal HandshakeParty Device(
        byte number, string account = "acme", DateTimeOffset? issued = null, TimeSpan? lifetime = null, ISigner? issuing = null)
    {
        var key = Key(family, number);
        var certificate = DeviceCertificate.Issue(
            issuing ?? Issuing, ++_devices, number, key.PublicKey, AccountId.Parse(account), $"device {number}", issued ?? Now.AddDays(-1), lifetime ?? Year);
        return new HandshakeParty(key, certificate, TrustChain.Of(Trust), null, new HashSet<DeviceId>(), TimeFloor.None);
    }

    /// <summary>A discovery key; each version is another.</summary>
    internal DiscoveryKey DiscoveryKey(
        uint version, string account = "acme", ulong revocationList = 0, DateTimeOffset? at = null, ISigner? issuing = null, byte[]? secret = null) =>
        Protocol.Discovery.DiscoveryKey.Create(
            issuing ?? Issuing, version, AccountId.Parse(account), secret ?? Seed(family, (byte)(100 + version)), revocationList, at ?? Now);

    internal RevocationList Revoke(ulong version, params DeviceCertificate[] devices) =>
        RevocationList.Create(Revocation, version, Now, Now.AddDays(7), devices.Select(d => d.DeviceNo));
}
