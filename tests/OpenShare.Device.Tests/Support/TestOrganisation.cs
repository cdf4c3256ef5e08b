using OpenShare.Device.Registration;
using OpenShare.Protocol.Discovery;
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
        DiscoveryKeys = DiscoveryKeys.Of(IssueKey(1));
    }

    /// <summary>Every trust root so far.</summary>
    public TrustChain Chain { get; private set; }

    public TrustRoot Trust => Chain.Newest;

    /// <summary>Of its one account, with the newest key.</summary>
    public DiscoveryKeys DiscoveryKeys { get; private set; }

    public DeviceIdentity Enroll(string name, string account = "acme", TimeSpan? lifetime = null, DateTimeOffset? at = null)
    {
        var key = SigningKey.Create(_random);
        var number = ++_devices;
        var certificate = DeviceCertificate.Issue(
            _issuing, number, number, key.PublicKey, AccountId.Parse(account), name, at ?? _now, lifetime ?? TimeSpan.FromDays(365));
        return new DeviceIdentity(key, certificate, Chain, DiscoveryKeys, new Uri("https://registration.example"));
    }

    /// <summary>A discovery key as the service would issue it.</summary>
    public DiscoveryKey IssueKey(uint version, string account = "acme", ulong revocationList = 0) =>
        DiscoveryKey.Create(_issuing, version, AccountId.Parse(account), _random.Bytes(DiscoveryKey.Size), revocationList, _now);

    /// <summary>The account's next discovery key.</summary>
    /// <param name="revocationList">the version of the list that it comes with</param>
    public DiscoveryKey Rekey(ulong revocationList = 0)
    {
        var key = IssueKey(DiscoveryKeys.Version + 1, revocationList: revocationList);
        DiscoveryKeys = DiscoveryKeys.Follow(key, Trust);
        return key;
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
        // As the service does: signed anew, the key is the same.
        var (account, held) = (AccountId.Parse("acme"), DiscoveryKeys.Issue!);
        DiscoveryKeys = DiscoveryKeys.Of(DiscoveryKey.Create(_issuing, held.Version, account, held.Secret.Span, held.RevocationList, at), DiscoveryKeys.Previous);
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

    public RevocationList Revoke(params DeviceIdentity[] devices) => RevokeAt(_now, devices);

    public RevocationList RevokeAt(DateTimeOffset at, params DeviceIdentity[] devices) => RevocationList.Create(
        _crl, ++_lists, at, at.AddDays(1),
        devices.Select(d => d.Certificate.DeviceNo));
}
