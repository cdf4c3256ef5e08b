using FsCheck.Xunit;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Pairing;

public sealed class WithdrawalTests
{
    private static readonly AccountId Acme = AccountId.Parse("acme");

    private readonly Organisation _organisation = new();
    private readonly PairingSponsor _sponsor;

    public WithdrawalTests() => _sponsor = _organisation.Sponsor();

    [Fact]
    public void It_names_one_certificate_of_the_device_that_signed_it()
    {
        var certificate = _sponsor.Provisional();
        var read = Assert.Single(Verified(Of(_sponsor, certificate)));
        Assert.Equal(GivenCertificate.Of(certificate), read.Certificate);
        Assert.Equal(certificate.ExpiresAt, read.ExpiresAt);
    }

    [Fact]
    public void Another_device_takes_back_nothing_that_it_did_not_give()
    {
        var certificate = _sponsor.Provisional();
        var others = Assert.Single(Verified(Of(_organisation.Sponsor(11), certificate)));
        Assert.NotEqual(GivenCertificate.Of(certificate), others.Certificate);
        // In the sponsor's name, under another key.
        var forged = SignedBlobs.Sign(Organisation.Key(0, 11), SignatureContext.Withdrawal, Of(_sponsor, certificate).Payload.ToByteArray());
        Assert.Empty(Verified(forged));
        Assert.Empty(Verified(Of(new Organisation(7).Sponsor(), certificate)));
        Assert.Empty(Verified(Of(_organisation.Sponsor(party: _organisation.Device(10, account: "other")), certificate)));
        Assert.Empty(Verified(Of(_sponsor with { Key = SomePairing.NewKey, Certificate = certificate }, certificate)));
    }

    [Fact]
    public void What_has_ended_or_would_be_kept_for_ever_is_not_kept()
    {
        var blob = Of(_sponsor, _sponsor.Provisional());
        Assert.Empty(Withdrawal.Verified([blob], _organisation.Trust, Acme, Organisation.Now.AddDays(8)));
        Assert.Empty(Verified(Withdrawal.Create(_sponsor.Key, _sponsor.Certificate, new string('0', 64), Organisation.Now.AddDays(30)).Blob));
    }

    [Fact]
    public void Of_an_offer_so_many_are_read_and_the_bad_ones_spoil_no_other()
    {
        var good = Of(_sponsor, _sponsor.Provisional());
        Assert.Single(Verified([new Signed(), good]));
        Assert.Empty(Verified([.. Enumerable.Repeat(new Signed(), Withdrawal.Most), good]));
    }

    [Fact]
    public void No_byte_of_it_can_be_altered() =>
        Altered.Each(Of(_sponsor, _sponsor.Provisional()).ToByteArray(), Signed.Parser, altered => Assert.Empty(Verified(altered)));

    [Property(MaxTest = 300)]
    public void Any_bytes_are_a_withdrawal_or_a_protocol_error(byte[] bytes) =>
        Assert.IsType<ProtocolException>(Record.Exception(() => Withdrawal.Read(new Signed { Payload = ByteString.CopyFrom(bytes) })));

    private static Signed Of(PairingSponsor by, DeviceCertificate certificate) =>
        Withdrawal.Create(by.Key, by.Certificate, certificate.PayloadSha256, certificate.ExpiresAt).Blob;

    private IReadOnlyList<Withdrawal> Verified(params Signed[] offered) => Withdrawal.Verified(offered, _organisation.Trust, Acme, Organisation.Now);
}
