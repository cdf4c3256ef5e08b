using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Pairing;

public sealed class JoinMachineTests
{
    private readonly Organisation _organisation = new();
    private readonly PairingSponsor _sponsor;
    private readonly JoinMachine _machine = new();

    public JoinMachineTests() => _sponsor = _organisation.Sponsor();

    [Fact]
    public void A_device_is_paired_step_by_step()
    {
        var token = _sponsor.Invite();
        var dial = Assert.IsType<JoinEffect.Dial>(Assert.Single(Begin(token)));
        Assert.Equal(_sponsor.Certificate.DeviceId, dial.Sponsor);
        Assert.Equal(SomePairing.Addresses.ToArray(), dial.Addresses.ToArray());
        Assert.Equal(token.Blob, Assert.IsType<JoinEffect.Send>(Assert.Single(Handle(new JoinInput.Connected()))).Request.Token);
        var store = Assert.IsType<JoinEffect.Store>(Assert.Single(Handle(new JoinInput.Answered(Grant()))));
        Assert.True(store.Paired.Certificate.IsProvisional);
        Assert.Equal(1u, store.Paired.Held.Issued.DiscoveryKeys.Version);
        Assert.Equal(store.Paired.Certificate, Assert.IsType<JoinOutcome.Paired>(Outcome(Handle(new JoinInput.Stored()))).Certificate);
        Assert.Null(_machine.NextTimeout);
    }

    [Fact]
    public void Without_a_trust_root_a_person_vouches_for_the_sponsor_and_nothing_is_sent_before()
    {
        Assert.Equal(_sponsor.Certificate.DeviceId, Assert.IsType<JoinOutcome.SponsorUnknown>(Outcome(Begin(_sponsor.Invite(), fingerprint: null))).Sponsor.DeviceId);
        Assert.IsType<JoinOutcome.OtherFingerprint>(Outcome(Begin(_sponsor.Invite(), fingerprint: new string('0', 32), machine: new())));
        Assert.IsType<JoinEffect.Dial>(Assert.Single(Begin(_sponsor.Invite(), _organisation.Trust, fingerprint: null, machine: new(), account: "acme")));
    }

    [Fact]
    public void Into_another_account_of_the_same_organisation_a_person_vouches_as_well() =>
        Assert.IsType<JoinOutcome.SponsorUnknown>(Outcome(Begin(_sponsor.Invite(), _organisation.Trust, fingerprint: null, account: "other")));

    [Theory]
    [InlineData(PairingRefusalCode.Altered)]
    [InlineData(PairingRefusalCode.ForAnotherKey)]
    [InlineData(PairingRefusalCode.SponsorUntrusted)]
    [InlineData(PairingRefusalCode.SponsorExpired)]
    [InlineData(PairingRefusalCode.SponsorRevoked)]
    [InlineData(PairingRefusalCode.Expired)]
    [InlineData(PairingRefusalCode.NotYet)]
    [InlineData(PairingRefusalCode.SponsorProvisional)]
    public void A_token_that_is_wrong_is_refused_before_anything_is_sent(PairingRefusalCode code)
    {
        var (token, trust) = (_sponsor.Invite(), _organisation.Trust);
        var revoked = code == PairingRefusalCode.SponsorRevoked ? _organisation.Revoke(1, _sponsor.Certificate) : null;
        switch (code)
        {
            case PairingRefusalCode.Altered:
                var blob = token.Blob.Clone();
                blob.Signature = Google.Protobuf.ByteString.CopyFrom(new byte[64]);
                token = PairingToken.Read(blob);
                break;
            case PairingRefusalCode.ForAnotherKey:
                token = _sponsor.Invite(Organisation.Key(0, 41).PublicKey);
                break;
            case PairingRefusalCode.SponsorUntrusted:
                trust = new Organisation(7).Trust;
                break;
            case PairingRefusalCode.SponsorExpired:
                token = _organisation.Sponsor(party: _organisation.Device(10, issued: Organisation.Now.AddDays(-20), lifetime: TimeSpan.FromDays(10))).Invite();
                break;
            case PairingRefusalCode.Expired:
                token = _sponsor.Invite(at: Organisation.Now.AddSeconds(-601));
                break;
            case PairingRefusalCode.NotYet:
                token = _sponsor.Invite(at: Organisation.Now.AddSeconds(301));
                break;
            case PairingRefusalCode.SponsorProvisional:
                token = (_sponsor with { Key = SomePairing.NewKey, Certificate = _sponsor.Provisional() }).Invite();
                break;
        }
        var refused = Assert.IsType<JoinOutcome.Refused>(Outcome(Begin(token, trust, revoked: revoked)));
        Assert.Equal((code, false), (refused.Refusal.Code, refused.ByPeer));
    }

    [Theory]
    [InlineData(-600)]
    [InlineData(300)]
    public void Five_minutes_between_the_clocks_are_borne(int seconds) =>
        Assert.IsType<JoinEffect.Dial>(Assert.Single(Begin(_sponsor.Invite(at: Organisation.Now.AddSeconds(seconds)))));

    [Fact]
    public void The_sponsors_refusal_is_shown_in_its_own_words()
    {
        Asking();
        var refused = Assert.IsType<JoinOutcome.Refused>(Outcome(Handle(new JoinInput.Answered(
            new PairingAnswer { Refused = new PairingRefused { Code = PairingRefusalCode.Spent, Detail = "used already" } }))));
        Assert.Equal((PairingRefusalCode.Spent, "used already", true), (refused.Refusal.Code, refused.Refusal.Detail, refused.ByPeer));
    }

    [Fact]
    public void A_sponsor_that_knows_of_no_invitation_says_so_in_the_handshake()
    {
        Begin(_sponsor.Invite());
        var refused = Assert.IsType<JoinOutcome.Refused>(Outcome(Handle(new JoinInput.HandshakeRefused(RefusalCode.NotInvited, "not invited"))));
        Assert.Equal((PairingRefusalCode.Unknown, true), (refused.Refusal.Code, refused.ByPeer));
    }

    [Theory]
    [InlineData("another key")]
    [InlineData("another sponsor")]
    [InlineData("another organisation")]
    [InlineData("no certificate")]
    [InlineData("no trust root")]
    [InlineData("revoked")]
    [InlineData("no server")]
    [InlineData("no discovery key")]
    [InlineData("registered")]
    public void A_grant_that_does_not_hold_together_is_refused(string fault)
    {
        Asking();
        var answer = Grant();
        switch (fault)
        {
            case "another key": answer.Grant.Certificate = _sponsor.Provisional(Organisation.Key(0, 41)).Blob; break;
            case "another sponsor": answer.Grant.Certificate = _organisation.Sponsor(11).Provisional().Blob; break;
            case "another organisation": answer.Grant.TrustChain[0] = new Organisation(7).Trust.Link; break;
            case "no certificate": answer.Grant.Certificate = null; break;
            case "no trust root": answer.Grant.TrustChain.Clear(); break;
            case "revoked": answer.Grant.RevocationList = _organisation.Revoke(1, _sponsor.Certificate).Blob; break;
            case "no server": answer.Grant.Server = "http://server.example"; break;
            case "no discovery key": answer.Grant.DiscoveryKey = null; break;
            // A certificate of the service is no grant of a sponsor's: whoever hands one on shows somebody else's.
            case "registered": answer.Grant.Certificate = _organisation.Device(40).Certificate.Blob; break;
        }
        Assert.Equal(PairingRefusalCode.BadGrant, Assert.IsType<JoinOutcome.Refused>(Outcome(Handle(new JoinInput.Answered(answer)))).Refusal.Code);
    }

    [Fact]
    public void The_organisations_keys_that_are_known_are_not_changed_by_a_grant()
    {
        Begin(_sponsor.Invite(), _organisation.Trust);
        Handle(new JoinInput.Connected());
        Assert.IsType<JoinEffect.Store>(Assert.Single(Handle(new JoinInput.Answered(Grant()))));
    }

    [Fact]
    public void What_cannot_be_kept_and_who_does_not_answer_is_said()
    {
        Asking();
        Handle(new JoinInput.Answered(Grant()));
        Assert.Equal(PairingRefusalCode.NotStored, Assert.IsType<JoinOutcome.Refused>(Outcome(Handle(new JoinInput.NotStored("disk full.")))).Refusal.Code);

        var silent = new JoinMachine();
        Begin(_sponsor.Invite(), machine: silent);
        Assert.Empty(silent.HandleTimeout(Organisation.Now));
        Assert.IsType<JoinOutcome.Unreachable>(Outcome(silent.HandleTimeout(Organisation.Now + JoinMachine.Deadline)));
    }

    private IReadOnlyList<JoinEffect> Begin(
        PairingToken token, TrustRoot? trust = null, string? fingerprint = "", Protocol.Revocation.RevocationList? revoked = null, JoinMachine? machine = null, string? account = null) =>
        (machine ?? _machine).Handle(
            new JoinInput.Begin(token, SomePairing.NewKey.PublicKey, trust, revoked, fingerprint is "" ? token.Sponsor.PublicKey.KeyId : fingerprint)
            {
                Account = account is null ? null : AccountId.Parse(account),
            },
            Organisation.Now, Organisation.Now);

    private void Asking()
    {
        Begin(_sponsor.Invite());
        Handle(new JoinInput.Connected());
    }

    private IReadOnlyList<JoinEffect> Handle(JoinInput input) => _machine.Handle(input, Organisation.Now, Organisation.Now);

    private PairingAnswer Grant()
    {
        var sponsor = new SponsorMachine(new SeededRandom(1));
        sponsor.Handle(new SponsorInput.Asked(1, _sponsor.Invite().Blob, SomePairing.Introduced()), _sponsor, Organisation.Now);
        return sponsor.Handle(new SponsorInput.Spent(1, new SpendOutcome.Spent()), _sponsor, Organisation.Now).OfType<SponsorEffect.Answer>().Single().Message;
    }

    private static JoinOutcome Outcome(IReadOnlyList<JoinEffect> effects) => Assert.IsType<JoinEffect.End>(Assert.Single(effects)).Outcome;
}
