using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Pairing;

public sealed class SponsorMachineTests
{
    private const int Visit = 7;

    private readonly Organisation _organisation = new();
    private readonly SponsorMachine _machine = new(new SeededRandom(1));
    private readonly PairingSponsor _self;

    public SponsorMachineTests() => _self = _organisation.Sponsor();

    [Fact]
    public void An_invitation_is_shown_once_it_is_on_disk()
    {
        var store = Assert.IsType<SponsorEffect.StoreInvitation>(Assert.Single(Handle(Invitation())));
        Assert.True(store.Token.IsSignedBySponsor);
        Assert.Equal((PairingCode.Of(SomePairing.NewKey.PublicKey), ProvisionalScope.Sponsor), (store.Token.Code, store.Token.Scope));

        Assert.Equal(store.Token, Assert.IsType<SponsorEffect.Show>(Assert.Single(Handle(new SponsorInput.InvitationStored(store.Token)))).Token);
        var refused = Assert.IsType<SponsorEffect.RefuseInvitation>(Assert.Single(Handle(new SponsorInput.InvitationNotStored("disk full"))));
        Assert.Equal(PairingRefusalCode.NotStored, refused.Refusal.Code);
    }

    [Fact]
    public void The_certificate_leaves_once_the_nonce_is_spent_and_not_before()
    {
        var token = _self.Invite(scope: ProvisionalScope.Sponsor);
        var spend = Assert.IsType<SponsorEffect.Spend>(Assert.Single(Asked(token)));
        Assert.Equal((token.Nonce, ProvisionalScope.Sponsor), (spend.Nonce, spend.Provisional.Scope));

        var effects = Handle(new SponsorInput.Spent(Visit, new SpendOutcome.Spent()));
        Assert.Equal([typeof(SponsorEffect.Paired), typeof(SponsorEffect.End)], effects.Select(e => e.GetType()));
        var grant = ((SponsorEffect.End)effects[1]).Message!.Grant;
        Assert.Equal(spend.Provisional.Blob, grant.Certificate);
        Assert.Equal(("https://server.example:8443/", "sha256:00"), (grant.Server, grant.ServerTrust));
        // Answered once: what comes of it is not asked again.
        Assert.Empty(Handle(new SponsorInput.Spent(Visit, new SpendOutcome.Spent())));
    }

    [Fact]
    public void Each_answer_of_the_disk_but_spent_gives_nothing()
    {
        foreach (var (outcome, code) in new (SpendOutcome, PairingRefusalCode)[]
        {
            (new SpendOutcome.SpentBefore(), PairingRefusalCode.Spent), (new SpendOutcome.Unknown(), PairingRefusalCode.Unknown),
            (new SpendOutcome.NotStored("disk full"), PairingRefusalCode.NotStored),
        })
        {
            Asked(_self.Invite());
            IsRefused(code, Handle(new SponsorInput.Spent(Visit, outcome)));
        }
    }

    [Fact]
    public void A_token_that_is_wrong_is_refused_by_what_is_wrong_with_it()
    {
        IsRefused(PairingRefusalCode.Unreadable, Greeted(new Control { PairingGreeting = new PairingGreeting() }));
        IsRefused(PairingRefusalCode.Altered, Greeted(_organisation.Sponsor(11).Invite().Greeting()));
        IsRefused(PairingRefusalCode.ForAnotherKey, Greeted(_self.Invite(Organisation.Key(0, 41).PublicKey).Greeting()));
        IsRefused(PairingRefusalCode.Expired, Greeted(_self.Invite().Greeting(), Organisation.Now.AddSeconds(301)));
        Assert.IsType<SponsorEffect.Send>(Assert.Single(Greeted(_self.Invite().Greeting(), Organisation.Now.AddSeconds(300))));
    }

    [Fact]
    public void What_expires_while_persons_compare_is_refused_in_the_end()
    {
        var token = _self.Invite();
        Revealed(token);
        IsRefused(PairingRefusalCode.Expired, Handle(new SponsorInput.Heard(Visit, token.Request()), Organisation.Now.AddSeconds(301)));
    }

    [Fact]
    public void Both_see_the_code_before_anything_is_asked_for()
    {
        var token = _self.Invite();
        var number = ((SponsorEffect.Send)Assert.Single(Greeted(token.Greeting()))).Message.PairingNumber.Number.Span;
        var compare = Assert.IsType<SponsorEffect.Compare>(Assert.Single(Handle(new SponsorInput.Heard(Visit, SomePairing.Revealed))));
        Assert.Equal((ShortCode.Of(SomePairing.Session, SomePairing.Number, number), false), (compare.Code, compare.IsAsked));
    }

    [Fact]
    public void Who_changes_its_number_after_it_saw_the_sponsors_is_refused()
    {
        Greeted(_self.Invite().Greeting());
        var other = SomePairing.Revealed.Clone();
        other.PairingReveal.Number = Google.Protobuf.ByteString.CopyFrom(new byte[ShortCode.NumberSize]);
        IsRefused(PairingRefusalCode.OutOfTurn, Handle(new SponsorInput.Heard(Visit, other)));
        // Committed to in another session, which is what somebody between the two would have.
        Greeted(_self.Invite().Greeting(Protocol.Channel.SessionId.FromBytes(new byte[16])));
        IsRefused(PairingRefusalCode.OutOfTurn, Handle(new SponsorInput.Heard(Visit, SomePairing.Revealed)));
    }

    [Fact]
    public void Without_its_own_persons_yes_nothing_is_given_to_a_device_that_was_found_on_the_network()
    {
        var token = _self.Invite(byAnnouncement: true);
        Assert.True(((SponsorEffect.Compare)Assert.Single(Revealed(token))).IsAsked);
        Assert.Empty(Handle(new SponsorInput.Heard(Visit, token.Request())));
        Assert.IsType<SponsorEffect.Spend>(Assert.Single(Handle(new SponsorInput.Compared(Visit, IsSame: true))));

        Handle(new SponsorInput.Spent(Visit, new SpendOutcome.Spent()));
        token = _self.Invite(nonce: 2, byAnnouncement: true);
        Revealed(token);
        Assert.Empty(Handle(new SponsorInput.Compared(Visit, IsSame: true)));
        Assert.IsType<SponsorEffect.Spend>(Assert.Single(Handle(new SponsorInput.Heard(Visit, token.Request()))));

        Handle(new SponsorInput.Spent(Visit, new SpendOutcome.Spent()));
        token = _self.Invite(nonce: 3, byAnnouncement: true);
        Revealed(token);
        Handle(new SponsorInput.Heard(Visit, token.Request()));
        IsRefused(PairingRefusalCode.NotCompared, Handle(new SponsorInput.Compared(Visit, IsSame: false)));
        Assert.Empty(Handle(new SponsorInput.Compared(Visit, IsSame: true)));
    }

    [Fact]
    public void The_yes_of_a_person_who_has_seen_no_code_yet_counts_for_nothing()
    {
        var token = _self.Invite(byAnnouncement: true);
        Greeted(token.Greeting(), token: token);
        Assert.Empty(Handle(new SponsorInput.Compared(Visit, IsSame: true)));
        Handle(new SponsorInput.Heard(Visit, SomePairing.Revealed));
        Assert.Empty(Handle(new SponsorInput.Heard(Visit, token.Request())));
    }

    [Fact]
    public void Who_asks_out_of_turn_or_for_another_invitation_is_refused()
    {
        var token = _self.Invite();
        IsRefused(PairingRefusalCode.OutOfTurn, Greeted(token.Request()));
        Greeted(token.Greeting());
        IsRefused(PairingRefusalCode.OutOfTurn, Handle(new SponsorInput.Heard(Visit, token.Request())));
        Revealed(token);
        IsRefused(PairingRefusalCode.OutOfTurn, Handle(new SponsorInput.Heard(Visit, _self.Invite(nonce: 2).Request())));
    }

    [Fact]
    public void A_person_who_says_no_at_the_new_device_is_told_of_here()
    {
        Revealed(_self.Invite());
        var effects = Handle(new SponsorInput.Heard(Visit, new Control { PairingRefused = new PairingRefused { Code = PairingRefusalCode.NotCompared, Detail = "no" } }));
        Assert.Equal([typeof(SponsorEffect.Refused), typeof(SponsorEffect.End)], effects.Select(e => e.GetType()));
        Assert.Null(((SponsorEffect.End)effects[1]).Message);
    }

    [Fact]
    public void Who_leaves_after_the_code_was_shown_is_told_of_and_who_was_only_looking_is_not()
    {
        Handle(SomePairing.Opened(Visit));
        Assert.IsType<SponsorEffect.End>(Assert.Single(Handle(new SponsorInput.Left(Visit))));
        Revealed(_self.Invite());
        IsRefused(PairingRefusalCode.NotCompared, Handle(new SponsorInput.Left(Visit)));
        // Once the nonce is being spent it goes on.
        Asked(_self.Invite());
        Assert.Empty(Handle(new SponsorInput.Left(Visit)));
        Assert.Equal(2, Handle(new SponsorInput.Spent(Visit, new SpendOutcome.Spent())).Count);
    }

    [Fact]
    public void A_device_that_may_not_pair_neither_invites_nor_gives()
    {
        var provisional = _self with { Key = SomePairing.NewKey, Certificate = _self.Provisional() };
        var revoked = _self with { Revoked = _organisation.Revoke(1, _self.Certificate) };
        var expired = _organisation.Sponsor(party: _organisation.Device(10, issued: Organisation.Now.AddDays(-20), lifetime: TimeSpan.FromDays(10)));
        foreach (var (self, code) in new[]
        {
            (provisional, PairingRefusalCode.SponsorProvisional), (revoked, PairingRefusalCode.SponsorRevoked), (expired, PairingRefusalCode.SponsorExpired),
        })
        {
            var refused = Assert.IsType<SponsorEffect.RefuseInvitation>(Assert.Single(_machine.Handle(Invitation(Organisation.Key(0, 41).PublicKey), self, Organisation.Now)));
            Assert.Equal(code, refused.Refusal.Code);
            if (self != provisional)
            {
                _machine.Handle(SomePairing.Opened(Visit), self, Organisation.Now);
                IsRefused(code, _machine.Handle(new SponsorInput.Heard(Visit, self.Invite().Greeting()), self, Organisation.Now));
            }
        }
    }

    [Fact]
    public void No_device_invites_itself() => Assert.IsType<SponsorEffect.RefuseInvitation>(Assert.Single(Handle(Invitation(_self.Key.PublicKey))));

    private IReadOnlyList<SponsorEffect> Handle(SponsorInput input, DateTimeOffset? now = null) => _machine.Handle(input, _self, now ?? Organisation.Now);

    private static SponsorInput.Invite Invitation(PublicKey? key = null) =>
        new(PairingCode.Of(key ?? SomePairing.NewKey.PublicKey), ProvisionalScope.Sponsor, SomePairing.Addresses);

    private IReadOnlyList<SponsorEffect> Greeted(Control greeting, DateTimeOffset? now = null, PairingToken? token = null)
    {
        Handle(SomePairing.Opened(Visit, token));
        return Handle(new SponsorInput.Heard(Visit, greeting), now);
    }

    private IReadOnlyList<SponsorEffect> Revealed(PairingToken token)
    {
        Greeted(token.Greeting(), token: token);
        return Handle(new SponsorInput.Heard(Visit, SomePairing.Revealed));
    }

    private IReadOnlyList<SponsorEffect> Asked(PairingToken token)
    {
        Revealed(token);
        return Handle(new SponsorInput.Heard(Visit, token.Request()));
    }

    private static void IsRefused(PairingRefusalCode code, IReadOnlyList<SponsorEffect> effects)
    {
        Assert.Equal([typeof(SponsorEffect.Refused), typeof(SponsorEffect.End)], effects.Select(e => e.GetType()));
        var said = ((SponsorEffect.End)effects[1]).Message!.Refused;
        Assert.Equal((code, said.Detail), (((SponsorEffect.Refused)effects[0]).Refusal.Code, ((SponsorEffect.Refused)effects[0]).Refusal.Detail));
        Assert.Equal(code, said.Code);
    }
}
