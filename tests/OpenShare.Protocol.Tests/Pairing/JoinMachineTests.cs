using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Pairing;

public sealed class JoinMachineTests
{
    private readonly Organisation _organisation = new();
    private readonly PairingSponsor _sponsor;
    private readonly JoinMachine _machine = new(new SeededRandom(1));

    public JoinMachineTests() => _sponsor = _organisation.Sponsor();

    [Fact]
    public void A_device_is_paired_step_by_step()
    {
        var token = _sponsor.Invite();
        var dial = Assert.IsType<JoinEffect.Dial>(Assert.Single(Begin(token)));
        Assert.Equal(_sponsor.Certificate.DeviceId, dial.Sponsor);
        Assert.Equal(SomePairing.Addresses.ToArray(), dial.Addresses.ToArray());
        Assert.Equal(token.Blob, Sent(Handle(new JoinInput.Connected(SomePairing.Session))).PairingGreeting.Token);
        Asks(token, Handle(new JoinInput.Heard(SomePairing.Numbered())), isAsked: false);
        var store = Assert.IsType<JoinEffect.Store>(Assert.Single(Handle(Answered(Grant()))));
        Assert.True(store.Paired.Certificate.IsProvisional);
        Assert.Equal(1u, store.Paired.Held.Issued.DiscoveryKeys.Version);
        Assert.Equal(store.Paired.Certificate, Assert.IsType<JoinOutcome.Paired>(Outcome(Handle(new JoinInput.Stored()))).Certificate);
        Assert.Null(_machine.NextTimeout);
    }

    [Fact]
    public void Without_a_trust_root_a_person_vouches_for_the_sponsor_and_nothing_is_sent_before()
    {
        Assert.Equal(_sponsor.Certificate.DeviceId, Assert.IsType<JoinOutcome.SponsorUnknown>(Outcome(Begin(_sponsor.Invite(), fingerprint: null))).Sponsor.DeviceId);
        Assert.IsType<JoinOutcome.OtherFingerprint>(Outcome(Begin(_sponsor.Invite(), fingerprint: new string('0', 32), machine: new(new SeededRandom(1)))));
        Assert.IsType<JoinEffect.Dial>(Assert.Single(Begin(_sponsor.Invite(), _organisation.Trust, fingerprint: null, machine: new(new SeededRandom(1)), account: "acme")));
    }

    [Fact]
    public void A_person_who_is_there_compares_the_code_and_nothing_is_asked_for_before()
    {
        var token = _sponsor.Invite();
        Assert.IsType<JoinEffect.Dial>(Assert.Single(Attended(token)));
        Asks(token, Greeted(), isAsked: true);
        // A sponsor that gives before it is asked gives nothing that is taken.
        Assert.Equal(PairingRefusalCode.OutOfTurn, Assert.IsType<JoinOutcome.Refused>(Outcome(Handle(Answered(Grant())))).Refusal.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_the_person_says_of_the_two_screens_is_what_happens(bool isSame)
    {
        var token = _sponsor.Invite();
        Attended(token);
        Greeted();
        var effects = Handle(new JoinInput.Compared(isSame));
        if (isSame)
        {
            Assert.Equal(token.Blob, Sent(effects).PairingRequest.Token);
            Assert.IsType<JoinEffect.Store>(Assert.Single(Handle(Answered(Grant()))));
            return;
        }
        Assert.Equal(PairingRefusalCode.NotCompared, Assert.IsType<JoinEffect.Send>(effects[0]).Message.PairingRefused.Code);
        Assert.IsType<JoinOutcome.NotCompared>(Assert.IsType<JoinEffect.End>(effects[1]).Outcome);
        Assert.Empty(Handle(new JoinInput.Compared(IsSame: true)));
    }

    [Fact]
    public void Who_says_nothing_has_not_compared()
    {
        Attended(_sponsor.Invite());
        Greeted();
        Assert.Empty(_machine.HandleTimeout(Organisation.Now + JoinMachine.Deadline));
        Assert.IsType<JoinOutcome.NotCompared>(Assert.IsType<JoinEffect.End>(_machine.HandleTimeout(Organisation.Now + JoinMachine.PersonDeadline)[^1]).Outcome);
    }

    [Fact]
    public void A_sponsor_that_found_this_device_on_the_network_is_greeted_where_it_is()
    {
        var token = _sponsor.Invite(byAnnouncement: true);
        Assert.Equal(token.Blob, Sent(Attended(token, new JoinInput.Caller(_sponsor.Certificate.DeviceId, SomePairing.Session))).PairingGreeting.Token);
        Asks(token, Handle(new JoinInput.Heard(SomePairing.Numbered())), isAsked: true);
        Handle(new JoinInput.Compared(IsSame: true));
        // Its person has as long.
        Assert.Empty(_machine.HandleTimeout(Organisation.Now + JoinMachine.Deadline));
    }

    [Fact]
    public void An_invitation_that_another_device_brings_is_refused() => IsTold(
        PairingRefusalCode.Altered, Attended(_sponsor.Invite(), new JoinInput.Caller(_organisation.Sponsor(11).Certificate.DeviceId, SomePairing.Session)));

    [Fact]
    public void Who_offers_with_a_wrong_clock_is_told_so_where_he_is() => IsTold(
        PairingRefusalCode.NotYet,
        Attended(_sponsor.Invite(at: Organisation.Now.AddSeconds(301), byAnnouncement: true), new JoinInput.Caller(_sponsor.Certificate.DeviceId, SomePairing.Session)));

    [Fact]
    public void A_number_of_another_size_ends_it()
    {
        Begin(_sponsor.Invite());
        Handle(new JoinInput.Connected(SomePairing.Session));
        Assert.Equal(PairingRefusalCode.OutOfTurn, Assert.IsType<JoinOutcome.Refused>(Outcome(Handle(new JoinInput.Heard(SomePairing.Numbered(31))))).Refusal.Code);
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
        var refused = Assert.IsType<JoinOutcome.Refused>(Outcome(Handle(Answered(new PairingAnswer
        {
            Refused = new PairingRefused { Code = PairingRefusalCode.Spent, Detail = "used already" },
        }))));
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
        Assert.Equal(PairingRefusalCode.BadGrant, Assert.IsType<JoinOutcome.Refused>(Outcome(Handle(Answered(answer)))).Refusal.Code);
    }

    [Fact]
    public void The_organisations_keys_that_are_known_are_not_changed_by_a_grant()
    {
        Begin(_sponsor.Invite(), _organisation.Trust);
        Greeted();
        Assert.IsType<JoinEffect.Store>(Assert.Single(Handle(Answered(Grant()))));
    }

    [Fact]
    public void What_cannot_be_kept_and_who_does_not_answer_is_said()
    {
        Asking();
        Handle(Answered(Grant()));
        Assert.Equal(PairingRefusalCode.NotStored, Assert.IsType<JoinOutcome.Refused>(Outcome(Handle(new JoinInput.NotStored("disk full.")))).Refusal.Code);

        var silent = new JoinMachine(new SeededRandom(1));
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
        Greeted();
    }

    private IReadOnlyList<JoinEffect> Greeted()
    {
        Handle(new JoinInput.Connected(SomePairing.Session));
        return Handle(new JoinInput.Heard(SomePairing.Numbered()));
    }

    private IReadOnlyList<JoinEffect> Attended(PairingToken token, JoinInput.Caller? offeredBy = null) => Handle(
        new JoinInput.Begin(token, SomePairing.NewKey.PublicKey, null, null, null) { IsAttended = true, OfferedBy = offeredBy });

    private static Control Sent(IReadOnlyList<JoinEffect> effects) => Assert.IsType<JoinEffect.Send>(Assert.Single(effects)).Message;

    private static void IsTold(PairingRefusalCode code, IReadOnlyList<JoinEffect> effects)
    {
        var said = Assert.IsType<JoinEffect.Send>(effects[0]).Message.PairingRefused;
        var refused = Assert.IsType<JoinOutcome.Refused>(Assert.IsType<JoinEffect.End>(effects[1]).Outcome);
        Assert.Equal((code, code, refused.Refusal.Detail), (said.Code, refused.Refusal.Code, said.Detail));
    }

    private static JoinInput.Heard Answered(PairingAnswer answer) => new(new Control { PairingAnswer = answer });

    // Revealed, shown, and without a question asked for at once.
    private void Asks(PairingToken token, IReadOnlyList<JoinEffect> effects, bool isAsked)
    {
        Assert.NotNull(Assert.IsType<JoinEffect.Send>(effects[0]).Message.PairingReveal);
        var compare = Assert.IsType<JoinEffect.Compare>(effects[1]);
        Assert.Equal((_sponsor.Certificate.DeviceId, isAsked), (compare.Sponsor.DeviceId, compare.IsAsked));
        if (!isAsked)
            Assert.Equal(token.Blob, Assert.IsType<JoinEffect.Send>(effects[2]).Message.PairingRequest.Token);
        Assert.Equal(isAsked ? 2 : 3, effects.Count);
    }

    private IReadOnlyList<JoinEffect> Handle(JoinInput input) => _machine.Handle(input, Organisation.Now, Organisation.Now);

    private PairingAnswer Grant()
    {
        var sponsor = new SponsorMachine(new SeededRandom(1));
        var token = _sponsor.Invite();
        foreach (var input in new SponsorInput[]
        {
            SomePairing.Opened(1), new SponsorInput.Heard(1, token.Greeting()),
            new SponsorInput.Heard(1, SomePairing.Revealed), new SponsorInput.Heard(1, token.Request()),
        })
            sponsor.Handle(input, _sponsor, Organisation.Now);
        return sponsor.Handle(new SponsorInput.Spent(1, new SpendOutcome.Spent()), _sponsor, Organisation.Now).OfType<SponsorEffect.End>().Single().Message!;
    }

    private static JoinOutcome Outcome(IReadOnlyList<JoinEffect> effects) => Assert.IsType<JoinEffect.End>(Assert.Single(effects)).Outcome;
}
