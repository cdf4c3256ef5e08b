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
        var spend = Assert.IsType<SponsorEffect.Spend>(Assert.Single(Handle(Asked(token))));
        Assert.Equal((token.Nonce, ProvisionalScope.Sponsor), (spend.Nonce, spend.Provisional.Scope));

        var effects = Handle(new SponsorInput.Spent(Visit, new SpendOutcome.Spent()));
        Assert.Equal([typeof(SponsorEffect.Paired), typeof(SponsorEffect.Answer)], effects.Select(e => e.GetType()));
        var grant = ((SponsorEffect.Answer)effects[1]).Message.Grant;
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
            Handle(Asked(_self.Invite()));
            IsRefused(code, Handle(new SponsorInput.Spent(Visit, outcome)));
        }
    }

    [Fact]
    public void A_token_that_is_wrong_is_refused_by_what_is_wrong_with_it()
    {
        IsRefused(PairingRefusalCode.Unreadable, Handle(new SponsorInput.Asked(Visit, null, SomePairing.Introduced())));
        IsRefused(PairingRefusalCode.Altered, Handle(Asked(_organisation.Sponsor(11).Invite())));
        IsRefused(PairingRefusalCode.ForAnotherKey, Handle(Asked(_self.Invite(Organisation.Key(0, 41).PublicKey))));
        IsRefused(PairingRefusalCode.Expired, Handle(Asked(_self.Invite()), Organisation.Now.AddSeconds(301)));
        Assert.IsType<SponsorEffect.Spend>(Assert.Single(Handle(Asked(_self.Invite()), Organisation.Now.AddSeconds(300))));
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
                IsRefused(code, _machine.Handle(Asked(self.Invite()), self, Organisation.Now));
        }
    }

    [Fact]
    public void No_device_invites_itself() => Assert.IsType<SponsorEffect.RefuseInvitation>(Assert.Single(Handle(Invitation(_self.Key.PublicKey))));

    private IReadOnlyList<SponsorEffect> Handle(SponsorInput input, DateTimeOffset? now = null) => _machine.Handle(input, _self, now ?? Organisation.Now);

    private static SponsorInput.Invite Invitation(PublicKey? key = null) =>
        new(PairingCode.Of(key ?? SomePairing.NewKey.PublicKey), ProvisionalScope.Sponsor, SomePairing.Addresses);

    private static SponsorInput.Asked Asked(PairingToken token) => new(Visit, token.Blob, SomePairing.Introduced());

    private static void IsRefused(PairingRefusalCode code, IReadOnlyList<SponsorEffect> effects)
    {
        Assert.Equal([typeof(SponsorEffect.Refused), typeof(SponsorEffect.Answer)], effects.Select(e => e.GetType()));
        var said = ((SponsorEffect.Answer)effects[1]).Message.Refused;
        Assert.Equal((code, said.Detail), (((SponsorEffect.Refused)effects[0]).Refusal.Code, ((SponsorEffect.Refused)effects[0]).Refusal.Detail));
        Assert.Equal(code, said.Code);
    }
}
