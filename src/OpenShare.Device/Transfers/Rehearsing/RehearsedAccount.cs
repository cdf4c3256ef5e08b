using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Transfers.Rehearsing;

/// <summary>An organisation of one account, whose keys are in memory and nowhere else: no other device knows of it.</summary>
internal sealed class RehearsedAccount
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);
    private static readonly Uri s_server = new("https://rehearsal.invalid");

    private readonly SystemRandom _random = new();
    private readonly AccountId _account = AccountId.Parse("rehearsal");
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly SigningKey _issuing;
    private readonly TrustChain _chain;
    private readonly DiscoveryKeys _discovery;
    private ulong _devices;

    internal RehearsedAccount()
    {
        _issuing = SigningKey.Create(_random);
        var list = SigningKey.Create(_random);
        _chain = TrustChain.Of(TrustRoot.Create(SigningKey.Create(_random), _issuing.PublicKey, list.PublicKey, _now - s_lifetime, _now + s_lifetime));
        _discovery = DiscoveryKeys.Of(DiscoveryKey.Create(_issuing, version: 1, _account, _random.Bytes(DiscoveryKey.Size), revocationList: 0, _now));
    }

    internal DeviceIdentity Enroll()
    {
        var key = SigningKey.Create(_random);
        var number = ++_devices;
        var certificate = DeviceCertificate.Issue(_issuing, number, number, key.PublicKey, _account, $"rehearsed {number}", _now, s_lifetime);
        return new DeviceIdentity(key, certificate, _chain, _discovery, s_server);
    }
}
