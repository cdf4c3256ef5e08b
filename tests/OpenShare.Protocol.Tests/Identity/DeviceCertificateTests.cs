using FsCheck.Xunit;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Identity;

public sealed class DeviceCertificateTests
{
    private readonly Organisation _organisation = new();
    private readonly DeviceCertificate _certificate;

    public DeviceCertificateTests() => _certificate = _organisation.Device(10).Certificate;

    public static TheoryData<string, Action<CertificatePayload>> BrokenPayloads => new()
    {
        { "version 1", p => p.Version = 2 },
        { "version 1", p => p.Version = 0 },
        { "Ed25519", p => p.PubkeyEd25519 = ByteString.Empty },
        { "Ed25519", p => p.PubkeyEd25519 = ByteString.CopyFrom(new byte[33]) },
        { "16 bytes", p => p.DeviceId = ByteString.CopyFrom(new byte[15]) },
        { "does not belong", p => p.DeviceId = ByteString.CopyFrom(new byte[16]) },
        { "account", p => p.AccountId = "Not An Account" },
        { "account", p => p.AccountId = "" },
        { "name", p => p.DeviceName = "" },
        { "name", p => p.DeviceName = "two\nlines" },
        { "name", p => p.DeviceName = new string('x', Limits.DeviceName + 1) },
        { "issue time", p => p.IssuedAt = -1 },
        { "expiry time", p => p.ExpiresAt = long.MaxValue },
    };

    [Theory]
    [MemberData(nameof(BrokenPayloads))]
    public void A_certificate_with_a_senseless_field_is_refused_by_name(string says, Action<CertificatePayload> change)
    {
        var payload = CertificatePayload.Parser.ParseFrom(_certificate.Blob.Payload);
        change(payload);
        var error = Assert.Throws<ProtocolException>(() => DeviceCertificate.Read(SignedBlobs.Sign(_organisation.Issuing, SignatureContext.Certificate, payload)));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_over_its_limit_is_refused_unread()
    {
        var large = new Signed { Payload = ByteString.CopyFrom(new byte[Limits.HandshakeFrame + 1]) };
        Assert.Contains("too large", Assert.Throws<ProtocolException>(() => DeviceCertificate.Read(large)).Message, StringComparison.Ordinal);
        Assert.Throws<ProtocolException>(() => DeviceCertificate.Parse(new string('A', 4 * Limits.SignedPayload)));
    }

    [Fact]
    public void A_certificate_is_not_issued_for_a_name_that_cannot_be_shown() =>
        Assert.Throws<ProtocolException>(() => DeviceCertificate.Issue(
            _organisation.Issuing, 1, 1, Organisation.Key(0, 10).PublicKey, AccountId.Parse("acme"), "a\u202eb", Organisation.Now, Organisation.Year));

    [Fact]
    public void Only_an_issuing_key_of_the_trust_root_vouches()
    {
        Assert.True(_certificate.IsVouchedFor(_organisation.Trust));
        Assert.False(_certificate.IsVouchedFor(new Organisation(family: 1).Trust));
        foreach (var other in new[] { _organisation.Root, _organisation.Revocation, Organisation.Key(0, 10) })
            Assert.False(Issue(other, Organisation.Now).IsVouchedFor(_organisation.Trust));
    }

    [Theory]
    [InlineData(-31, false)]
    [InlineData(-29, true)]
    [InlineData(365 * 6, false)]
    public void An_issuing_key_vouches_only_while_it_is_valid(int days, bool vouches) =>
        Assert.Equal(vouches, Issue(_organisation.Issuing, Organisation.Now.AddDays(days)).IsVouchedFor(_organisation.Trust));

    [Fact]
    public void A_certificate_with_any_byte_changed_is_not_vouched_for_or_not_read()
    {
        var bytes = _certificate.Blob.ToByteArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x01;
            try
            {
                Assert.False(DeviceCertificate.Read(SignedBlobs.Parse(changed, "certificate")).IsVouchedFor(_organisation.Trust), $"byte {at}");
            }
            catch (ProtocolException)
            {
                // Not even read: as good.
            }
        }
    }

    [Property(MaxTest = 500)]
    public void Any_bytes_are_a_certificate_or_a_protocol_error(byte[] bytes, int seed)
    {
        var random = new SeededRandom(seed);
        byte[] mutated = _certificate.Blob.Payload.ToByteArray();
        for (var i = random.Below(6); i >= 0; i--)
            mutated[random.Below(mutated.Length)] = random.Bytes(1)[0];
        foreach (var payload in new[] { bytes, mutated })
        {
            try
            {
                DeviceCertificate.Read(new Signed { Payload = ByteString.CopyFrom(payload) });
            }
            catch (ProtocolException)
            {
                // The one kind of error that callers expect.
            }
        }
    }

    [Property(MaxTest = 300)]
    public void Any_text_is_read_or_a_protocol_error(string? text)
    {
        foreach (var read in new Action<string>[] { t => DeviceCertificate.Parse(t), t => TrustRoot.Parse(t), t => SignedBlobs.Parse(t, "thing") })
        {
            if (Record.Exception(() => read(text ?? "")) is { } error)
                Assert.IsType<ProtocolException>(error);
        }
    }

    private static DeviceCertificate Issue(ISigner issuing, DateTimeOffset now) =>
        DeviceCertificate.Issue(issuing, 1, 1, Organisation.Key(0, 10).PublicKey, AccountId.Parse("acme"), "x", now, Organisation.Year);
}
