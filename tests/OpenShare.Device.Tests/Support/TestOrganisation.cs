using OpenShare.Device.Registration;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Support;

/// <summary>An organisation with its keys in memory: issues certificates and revocation lists from a seed.</summary>
internal sealed class TestOrganisation
{
    private readonly SeededRandom _random;
    private readonly SigningKey _root;
    private SigningKey _issuing, _crl;
    private DateTimeOffset _now;
    private ulong _devices;
    private ulong _lists;

    /// <param name="founded">since when it has its keys; null: now</param>
    public TestOrganisation(int seed, DateTimeOffset now, DateTimeOffset? founded = null)
    {
        _random = new SeededRandom(seed);
        _now = now;
        (_root, _issuing, _crl) = (SigningKey.Create(_random), SigningKey.Create(_random), SigningKey.Create(_random));
        // Old enough that a certificate of its may have expired.
        Chain = TrustChain.Of(TrustRoot.Create(_root, _issuing.PublicKey, _crl.PublicKey, founded ?? now.AddYears(-2), now.AddYears(10)));
        DiscoveryKey = _random.Bytes(32);
    }

    /// <summary>Every trust root so far.</summary>
    public TrustChain Chain { get; private set; }

    public TrustRoot Trust => Chain.Newest;

    public byte[] DiscoveryKey { get; }

    public DeviceIdentity Enroll(string name, string account = "acme", TimeSpan? lifetime = null, DateTimeOffset? at = null)
    {
        var key = SigningKey.Create(_random);
        var number = ++_devices;
        var certificate = DeviceCertificate.Issue(
            _issuing, number, number, key.PublicKey, AccountId.Parse(account), name, at ?? _now, lifetime ?? TimeSpan.FromDays(365));
        return new DeviceIdentity(key, certificate, Chain, DiscoveryKey, new Uri("https://registration.example"));
    }

    /// <summary>The next trust root: keys of these roles are new, and those before withdrawn.</summary>
    public void Rotate(DateTimeOffset at, bool issuing = false, bool crl = false)
    {
        _now = at;
        _issuing = issuing ? SigningKey.Create(_random) : _issuing;
        _crl = crl ? SigningKey.Create(_random) : _crl;
        var keys = Trust.Keys.Select(key => key with
        {
            Key = key.Role switch
            {
                TrustKey.Types.Role.Issuing => _issuing.PublicKey,
                TrustKey.Types.Role.Crl => _crl.PublicKey,
                _ => key.Key,
            },
        });
        Chain = Chain.Follow([Trust.Succeed(keys, [_root], at).Link]);
    }

    /// <summary>A certificate for a key that somebody else made.</summary>
    public DeviceCertificate Certify(PublicKey key, string name, string account = "acme", DateTimeOffset? at = null)
    {
        var number = ++_devices;
        return DeviceCertificate.Issue(_issuing, number, number, key, AccountId.Parse(account), name, at ?? _now, TimeSpan.FromDays(365));
    }

    /// <summary>The issuing key's word that this is the service's TLS key.</summary>
    public Signed VouchFor(ReadOnlySpan<byte> tlsKeySha256) => SignedBlobs.Sign(
        _issuing, SignatureContext.TlsEndpoint,
        new TlsEndpointPayload { SpkiSha256 = Google.Protobuf.ByteString.CopyFrom(tlsKeySha256), IssuedAt = _now.ToUnixTimeSeconds() });

    public RevocationList Revoke(params DeviceIdentity[] devices) => RevocationList.Create(
        _crl, ++_lists, _now, _now.AddDays(1),
        devices.Select(d => new RevokedDevice
        {
            DeviceNo = d.Certificate.DeviceNo,
            DeviceId = Google.Protobuf.ByteString.CopyFrom(d.DeviceId.ToBytes()),
            RevokedAt = _now.ToUnixTimeSeconds(),
            Reason = "lost",
        }));
}
