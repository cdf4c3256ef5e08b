using System.Text.Json;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Registration.RegistrationMachineRig;

namespace OpenShare.Protocol.Tests.Registration;

/// <summary>The organisation changes its keys: what a peer or the service shows is followed, and nothing else.</summary>
public class RegistrationMachineKeyChangeTests
{
    private readonly RegistrationMachineRig _rig = new();
    private readonly SigningKey _issuing = Organisation.Key(0, 22);

    private TrustChain Changed => field ??= First.Follow([_rig.Organisation.Next(_rig.Organisation.Trust, issuing: _issuing).Link]);

    private TrustChain First => field ??= TrustChain.Of(_rig.Organisation.Trust);

    [Fact]
    public void Offered_trust_roots_are_stored_then_told_and_a_withdrawn_issuing_key_is_a_renewal_at_once()
    {
        _rig.Register();
        Assert.True(_rig.Machine.IsRegisteredAt(_rig.Now));

        var effects = Offer(Changed.Newest.Link);

        Assert.Equal([typeof(RegistrationEffect.StoreTrust), typeof(RegistrationEffect.Announce)], effects.Select(e => e.GetType()));
        Assert.Equal(2u, ((RegistrationEffect.Announce)effects[1]).Held.Issued.Trust.Newest.Version);
        Assert.False(_rig.Machine.IsRegisteredAt(_rig.Now));
        var send = Renew(_rig.Machine.HandleTimeout(_rig.Now));

        Only<RegistrationEffect.StoreRegistration>(_rig.Handle(new RegistrationInput.Issued(send.Call, _rig.Issue(issuing: _issuing))));
        var held = Assert.IsType<RegistrationEffect.Announce>(_rig.Handle(new RegistrationInput.RegistrationStored())[^1]).Held;

        Assert.False(held.Issued.IsWithdrawn);
        Assert.Equal(2u, held.Issued.Trust.Newest.Version);
        Assert.True(_rig.Machine.IsRegisteredAt(_rig.Now));
        Assert.True(_rig.Machine.NextTimeout > _rig.Now.AddDays(100));
        Assert.Empty(Offer(Changed.Newest.Link));
    }

    [Fact]
    public void A_device_that_finds_its_issuing_key_withdrawn_at_the_start_renews_at_once()
    {
        var held = _rig.Register();
        var restarted = new RegistrationMachine(_rig.Key, new DevicePlatform("", ""), new SeededRandom(1), TimeFloor.None);
        restarted.Hold(held with { Issued = held.Issued with { Trust = Changed } });

        Only<RegistrationEffect.FetchTrustRoot>(restarted.HandleTimeout(_rig.Now));
    }

    [Fact]
    public void A_renewal_of_a_withdrawn_certificate_that_fails_goes_on_with_back_off_and_one_refused_for_good_ends()
    {
        _rig.Register();
        Offer(Changed.Newest.Link);
        var fetch = Only<RegistrationEffect.FetchTrustRoot>(_rig.Machine.HandleTimeout(_rig.Now));
        Assert.Empty(_rig.Fail(fetch.Call, new ServiceFailure.Unreachable("")));
        Assert.InRange(_rig.Machine.NextTimeout!.Value, _rig.Now.AddSeconds(1), _rig.Now.AddHours(1));

        _rig.Now = _rig.Machine.NextTimeout!.Value;
        var send = Renew(_rig.Machine.HandleTimeout(_rig.Now));
        // A service that issues under the key it has withdrawn gives nothing that can be used.
        Assert.Empty(_rig.Handle(new RegistrationInput.Issued(send.Call, _rig.Issue())));
        _rig.Now = _rig.Machine.NextTimeout!.Value;
        send = Renew(_rig.Machine.HandleTimeout(_rig.Now));
        Assert.Empty(_rig.Fail(send.Call, new ServiceFailure.Refused(403, RegistrationProblems.DeviceRevoked, "Revoked.")));
        Assert.Null(_rig.Machine.NextTimeout);
    }

    [Fact]
    public void Trust_roots_of_an_attacker_are_refused_with_a_warning_and_nothing_changes()
    {
        _rig.Register();
        var attacker = Organisation.Key(0xAA, 1);
        var forged = _rig.Organisation.Trust.Forge(p => { p.Version = 2; p.Keys.Add(Rotation.Entry(TrustKey.Types.Role.Root, attacker)); }, attacker);

        Assert.Contains("not signed by a root key of version 1", Only<RegistrationEffect.Warn>(Offer(forged)).Detail, StringComparison.Ordinal);
        Assert.Contains("(a fork)", Only<RegistrationEffect.Warn>(Offer(new Organisation(7).Trust.Link)).Detail, StringComparison.Ordinal);
        Assert.Equal(1u, _rig.Machine.Held!.Issued.Trust.Newest.Version);
    }

    [Fact]
    public void Trust_roots_offered_before_registration_are_nobodys() => Assert.Empty(Offer(Changed.Newest.Link));

    [Fact]
    public void A_renewal_follows_the_service_over_its_change_of_keys_before_it_believes_its_TLS_key()
    {
        var effects = Show(Due(), Shown(Changed, _issuing));

        Assert.Equal(
            [typeof(RegistrationEffect.StoreTrust), typeof(RegistrationEffect.Announce), typeof(RegistrationEffect.AskChallenge)],
            effects.Select(e => e.GetType()));
        var send = Only<RegistrationEffect.SendRenewal>(_rig.Challenge([effects[2]]));
        Only<RegistrationEffect.StoreRegistration>(_rig.Handle(new RegistrationInput.Issued(send.Call, _rig.Issue(issuing: _issuing))));
    }

    [Fact]
    public void A_service_that_skips_or_forks_is_refused_and_tried_again()
    {
        var due = Due();
        var third = Changed.Follow([_rig.Organisation.Next(Changed.Newest).Link]);
        var skips = Shown(third, _issuing, leftOut: 2);
        var forks = RegistrationMachineRig.Shown(new Organisation(7));
        foreach (var shown in new[] { skips, forks })
        {
            Assert.Empty(Show(due, shown));
            Assert.Equal(1u, _rig.Machine.Held!.Issued.Trust.Newest.Version);
            Assert.IsType<RegistrationStatus.Certified>(_rig.Machine.Status);
            _rig.Now = _rig.Machine.NextTimeout!.Value;
            due = _rig.Machine.HandleTimeout(_rig.Now);
        }
    }

    [Fact]
    public void A_renewal_under_way_goes_on_under_trust_roots_that_a_peer_showed_meanwhile()
    {
        var ask = Show(Due(), RegistrationMachineRig.Shown(_rig.Organisation));
        Offer(Changed.Newest.Link);
        var send = Only<RegistrationEffect.SendRenewal>(_rig.Challenge(ask));

        Only<RegistrationEffect.StoreRegistration>(_rig.Handle(new RegistrationInput.Issued(send.Call, _rig.Issue(issuing: _issuing))));

        Assert.Equal(2u, ((RegistrationEffect.Announce)_rig.Handle(new RegistrationInput.RegistrationStored())[^1]).Held.Issued.Trust.Newest.Version);
    }

    [Fact]
    public void A_token_from_before_a_change_of_keys_is_good_where_the_service_shows_the_chain_from_there()
    {
        var ask = Show(_rig.Begin(), Shown(Changed, _issuing));
        var send = Only<RegistrationEffect.SendRegistration>(_rig.Challenge(ask));
        var stored = Only<RegistrationEffect.StoreRegistration>(_rig.Handle(new RegistrationInput.Issued(send.Call, _rig.Issue(issuing: _issuing))));
        Assert.Equal([1u, 2u], stored.Held.Issued.Trust.Roots.Select(r => r.Version));

        var other = new RegistrationMachineRig();
        Only<RegistrationEffect.ForgetPlan>(other.Handle(new RegistrationInput.TrustRootShown(
            Only<RegistrationEffect.FetchTrustRoot>(other.Begin()).Call, Shown(Changed, _issuing, leftOut: 1))));
        Assert.Equal(RegistrationRefusal.WrongServer, other.Refusal);
    }

    [Fact]
    public void The_trust_roots_before_are_in_the_answer_only_where_there_are_any()
    {
        var one = JsonSerializer.Serialize(RegistrationMachineRig.Shown(_rig.Organisation).Answer, RegistrationJson.Options);
        Assert.DoesNotContain("trust_chain", one, StringComparison.Ordinal);
        Assert.Null(JsonSerializer.Deserialize<RegistrationMessages.TrustRootResponse>(one, RegistrationJson.Options)!.TrustChain);

        var two = JsonSerializer.Serialize(Shown(Changed, _issuing).Answer, RegistrationJson.Options);
        Assert.Contains("\"trust_chain\":[\"", two, StringComparison.Ordinal);
        Assert.Equal(
            [_rig.Organisation.Trust.ToText()],
            JsonSerializer.Deserialize<RegistrationMessages.TrustRootResponse>(two, RegistrationJson.Options)!.TrustChain!);
    }

    [Fact]
    public void More_trust_roots_than_a_chain_may_have_are_refused()
    {
        var chain = _rig.Organisation.Chain(18);
        Only<RegistrationEffect.ForgetPlan>(Show(_rig.Begin(), Shown(chain, _rig.Organisation.Issuing)));
    }

    private IReadOnlyList<RegistrationEffect> Offer(params TrustRootLink[] links) => _rig.Handle(new RegistrationInput.TrustRootOffered(links));

    private IReadOnlyList<RegistrationEffect> Show(IReadOnlyList<RegistrationEffect> fetch, ServiceShown shown) =>
        _rig.Handle(new RegistrationInput.TrustRootShown(Only<RegistrationEffect.FetchTrustRoot>(fetch).Call, shown));

    private RegistrationEffect.SendRenewal Renew(IReadOnlyList<RegistrationEffect> fetch) =>
        Only<RegistrationEffect.SendRenewal>(_rig.Challenge(Show(fetch, Shown(Changed, _issuing))));

    private IReadOnlyList<RegistrationEffect> Due()
    {
        _rig.Register();
        _rig.Now = _rig.Machine.NextTimeout!.Value;
        return _rig.Machine.HandleTimeout(_rig.Now);
    }
}
