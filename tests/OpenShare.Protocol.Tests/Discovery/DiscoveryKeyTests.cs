using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Discovery;

/// <summary>A discovery key as it was issued: whose it is, who signed it, and which of two is the newer.</summary>
public sealed class DiscoveryKeyTests
{
    private static readonly AccountId Acme = AccountId.Parse("acme");

    private readonly Organisation _organisation = new();

    [Fact]
    public void A_discovery_key_reads_as_it_was_issued()
    {
        var issued = _organisation.DiscoveryKey(3, revocationList: 7);

        var read = DiscoveryKey.Parse(issued.Blob.ToText()).VerifiedBy(_organisation.Trust, Acme);

        Assert.Equal((3u, Acme, 7UL, Organisation.Now), (read.Version, read.Account, read.RevocationList, read.IssuedAt));
        Assert.Equal(Organisation.Seed(0, 103), read.Secret.ToArray());
    }

    [Fact]
    public void One_of_another_account_is_refused() => Refused("is of the account other, not of acme", _organisation.DiscoveryKey(1, account: "other"));

    [Fact]
    public void One_that_another_key_signed_is_refused()
    {
        var good = _organisation.DiscoveryKey(1);
        var asCertificate = SignedBlobs.Sign(_organisation.Issuing, SignatureContext.Certificate, good.Blob.Payload.ToByteArray());
        var altered = good.Blob.Clone();
        altered.Payload = _organisation.DiscoveryKey(2).Blob.Payload;
        foreach (var key in new[]
        {
            _organisation.DiscoveryKey(1, issuing: _organisation.Revocation), _organisation.DiscoveryKey(1, issuing: _organisation.Root),
            _organisation.DiscoveryKey(1, issuing: _organisation.Device(10).Key), new Organisation(7).DiscoveryKey(1),
            DiscoveryKey.Read(asCertificate), DiscoveryKey.Read(altered),
        })
        {
            Refused("not signed by a key", key);
        }
    }

    [Fact]
    public void One_under_a_withdrawn_key_or_from_before_the_key_was_valid_is_refused()
    {
        var rotated = _organisation.Next(_organisation.Trust, issuing: Organisation.Key(0, 22));
        Assert.Throws<ProtocolException>(() => _organisation.DiscoveryKey(1).VerifiedBy(rotated, Acme));
        Refused("not signed by a key", _organisation.DiscoveryKey(1, at: Organisation.Now.AddDays(-31)));
    }

    [Fact]
    public void One_that_says_too_little_or_too_much_is_none()
    {
        var whole = new DiscoveryKeyPayload { Version = 1, AccountId = "acme", Key = Bytes(32), IssuedAt = 1_780_000_000 };
        Assert.NotNull(Read(_ => { }));
        Assert.Null(Read(p => p.Version = 0));
        Assert.Null(Read(p => p.AccountId = "Not An Account"));
        Assert.Null(Read(p => p.Key = Bytes(31)));
        Assert.Null(Read(p => p.Key = Bytes(33)));
        Assert.Null(Read(p => p.IssuedAt = long.MaxValue));
        Assert.Null(DiscoveryKey.TryRead(Offer(new Signed { Payload = Bytes(100) })));
        Assert.Null(DiscoveryKey.TryRead(Offer(new Signed { Payload = Bytes(Limits.DiscoveryKey + 1) })));
        Assert.Null(DiscoveryKey.TryRead(new DiscoveryKeyOffer()));
        Assert.Null(DiscoveryKey.TryRead(null));

        DiscoveryKey? Read(Action<DiscoveryKeyPayload> change)
        {
            var payload = whole.Clone();
            change(payload);
            return DiscoveryKey.TryRead(Offer(SignedBlobs.Sign(_organisation.Issuing, SignatureContext.DiscoveryKey, payload)));
        }

        static DiscoveryKeyOffer Offer(Signed blob) => new() { DiscoveryKey = blob };

        static Google.Protobuf.ByteString Bytes(int count) => Google.Protobuf.ByteString.CopyFrom([.. Enumerable.Repeat((byte)0xFF, count)]);
    }

    [Theory]
    [InlineData(2, 0, true)]
    [InlineData(1, 1, true)]
    [InlineData(1, 0, false)]
    [InlineData(1, -1, false)]
    public void The_later_by_version_and_then_by_time_is_the_newer(uint version, int minutes, bool isNewer)
    {
        var other = _organisation.DiscoveryKey(version, at: Organisation.Now.AddMinutes(minutes), secret: new byte[32]);

        Assert.Equal(isNewer, other.IsNewerThan(_organisation.DiscoveryKey(1)));
    }

    [Fact]
    public void Two_versions_have_two_account_hashes_and_two_tags_of_what_is_known()
    {
        var (one, two) = (_organisation.DiscoveryKey(1), _organisation.DiscoveryKey(2));

        Assert.NotEqual(AccountHash.FromKey(one.Secret.Span), AccountHash.FromKey(two.Secret.Span));
        Assert.NotEqual(NewsTag.Of(one.Secret.Span, 1, 2), NewsTag.Of(two.Secret.Span, 1, 2));
    }

    private void Refused(string why, DiscoveryKey key) =>
        Assert.Contains(why, Assert.Throws<ProtocolException>(() => key.VerifiedBy(_organisation.Trust, Acme)).Message, StringComparison.Ordinal);
}
