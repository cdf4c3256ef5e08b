using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Pairing;

/// <summary>What a provisional certificate opens, and what it does not.</summary>
public sealed class ProvisionalCertificateTests
{
    private readonly Organisation _organisation = new();
    private readonly PairingSponsor _sponsor;

    public ProvisionalCertificateTests() => _sponsor = _organisation.Sponsor();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_opens_a_link_under_the_accounts_trust_root_and_names_its_sponsor(bool provisionalDials)
    {
        var (provisional, other) = (Party(_sponsor.Provisional()), _organisation.Device(11));
        var pair = (provisionalDials ? new HandshakePair(provisional, other) : new HandshakePair(other, provisional)).Run();

        var seen = (provisionalDials ? pair.ResponderResult : pair.InitiatorResult)!.Peer;
        Assert.True(seen.IsProvisional);
        Assert.Equal((_sponsor.Certificate.DeviceId, 0ul), (seen.Sponsor!.DeviceId, seen.DeviceNo));
    }

    [Fact]
    public void The_sponsors_revocation_ends_it()
    {
        var judge = _organisation.Device(11) with { Revoked = _organisation.Revoke(1, _sponsor.Certificate) };
        Refused(RefusalCode.Revoked, "paired by device 10, which was revoked", _sponsor.Provisional(), judge);
    }

    [Fact]
    public void Its_sponsor_can_take_it_back()
    {
        var certificate = _sponsor.Provisional();
        var withdrawn = new HashSet<GivenCertificate> { GivenCertificate.Of(certificate)!.Value };
        Refused(RefusalCode.Withdrawn, "has withdrawn that", certificate, _organisation.Device(11) with { Withdrawn = withdrawn });
        // What it is given anew is another certificate.
        var again = _sponsor.Provisional(at: Organisation.Now.AddSeconds(1));
        Assert.NotNull(new HandshakePair(Party(again), _organisation.Device(11) with { Withdrawn = withdrawn }).Run().InitiatorResult);
    }

    [Fact]
    public void One_for_its_sponsor_alone_opens_a_link_to_no_other()
    {
        var certificate = _sponsor.Provisional(scope: ProvisionalScope.Sponsor);
        Refused(RefusalCode.OutOfScope, "device 10 alone", certificate, _organisation.Device(11));
        Assert.NotNull(new HandshakePair(Party(certificate), _organisation.Device(10)).Run().InitiatorResult);
    }

    [Fact]
    public void It_ends_after_seven_days_and_never_after_its_sponsors()
    {
        Refused(RefusalCode.Expired, "expired", _sponsor.Provisional(at: Organisation.Now.AddDays(-8)), _organisation.Device(11));
        var soon = _organisation.Sponsor(12, _organisation.Device(12, lifetime: TimeSpan.FromDays(2)));
        Assert.Equal(soon.Certificate.ExpiresAt, soon.Provisional().ExpiresAt);
        Assert.Contains("longer than 7 days", Assert.Throws<ProtocolException>(() => _sponsor.Provisional(lifetime: TimeSpan.FromDays(7.1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provisional_device_gives_none()
    {
        var provisional = _sponsor with { Key = SomePairing.NewKey, Certificate = _sponsor.Provisional() };
        Assert.Contains("only a provisional one itself", Assert.Throws<ProtocolException>(() => provisional.Provisional(Organisation.Key(0, 41))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_of_a_stranger_or_signed_as_another_kind_is_refused()
    {
        Refused(RefusalCode.BadCertificate, "not signed", new Organisation(7).Sponsor().Provisional(), _organisation.Device(11));
        // The same payload under the sponsor's key, as a certificate of the registration service.
        var payload = _sponsor.Provisional().Blob.Payload.ToByteArray();
        var asIssued = DeviceCertificate.Read(SignedBlobs.Sign(_sponsor.Key, SignatureContext.Certificate, payload));
        Refused(RefusalCode.BadCertificate, "not signed", asIssued, _organisation.Device(11));
        // Under an issuing key it is no provisional one either.
        var asProvisional = DeviceCertificate.Read(SignedBlobs.Sign(_organisation.Issuing, SignatureContext.Provisional, payload));
        Refused(RefusalCode.BadCertificate, "not signed", asProvisional, _organisation.Device(11));
    }

    [Fact]
    public void A_sponsors_clock_does_not_move_the_time_that_the_organisation_vouches_for() =>
        Assert.Equal(_sponsor.Certificate.IssuedAt, _sponsor.Provisional().VouchedAt);

    private HandshakeParty Party(DeviceCertificate certificate) =>
        new(SomePairing.NewKey, certificate, TrustChain.Of(_organisation.Trust), null, new HashSet<DeviceId>(), TimeFloor.None);

    private void Refused(RefusalCode code, string words, DeviceCertificate certificate, HandshakeParty judge)
    {
        var pair = new HandshakePair(Party(certificate), judge).Run();
        var refused = Assert.IsType<HandshakeFailure.Refused>(pair.ResponderFailure);
        Assert.Equal(code, refused.Code);
        Assert.Contains(words, refused.Detail, StringComparison.Ordinal);
        Assert.Equal((code, refused.Detail), Assert.IsType<HandshakeFailure.RefusedByPeer>(pair.InitiatorFailure) is var told ? (told.Code, told.Detail) : default);
    }
}
