using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Registration.RegistrationMachineRig;

namespace OpenShare.Protocol.Tests.Registration;

/// <summary>The account's discovery key as a device keeps it: from the service's answers and from whoever hands it on, and never back.</summary>
public sealed class RegistrationMachineDiscoveryKeyTests
{
    private readonly RegistrationMachineRig _rig = new();

    [Fact]
    public void A_newer_key_is_stored_then_told_with_the_one_before()
    {
        Register(Key(1));

        var effects = Offer(Key(2));

        Assert.Equal([typeof(RegistrationEffect.StoreDiscoveryKeys), typeof(RegistrationEffect.Announce)], effects.Select(e => e.GetType()));
        var told = ((RegistrationEffect.Announce)effects[1]).Held.Issued.DiscoveryKeys;
        Assert.Same(((RegistrationEffect.StoreDiscoveryKeys)effects[0]).Keys, told);
        AssertHas(2, 1);
    }

    [Fact]
    public void An_older_key_and_the_same_again_change_nothing()
    {
        Register(Key(3));

        Assert.Empty(Offer(Key(2)));
        Assert.Empty(Offer(Key(3)));

        Assert.Equal(3u, Keys.Version);
    }

    [Fact]
    public void A_key_of_another_account_or_signer_is_refused_with_a_warning()
    {
        Register(Key(1));

        Assert.Contains("account other", Only<RegistrationEffect.Warn>(Offer(_rig.Organisation.DiscoveryKey(2, account: "other"))).Detail, StringComparison.Ordinal);
        Assert.Contains("not signed", Only<RegistrationEffect.Warn>(Offer(new Organisation(7).DiscoveryKey(2))).Detail, StringComparison.Ordinal);
        Assert.Contains("not signed", Only<RegistrationEffect.Warn>(Offer(_rig.Organisation.DiscoveryKey(2, issuing: _rig.Key))).Detail, StringComparison.Ordinal);
        Assert.Equal(1u, Keys.Version);
    }

    [Fact]
    public void A_key_offered_before_registration_is_nobodys() => Assert.Empty(Offer(Key(1)));

    [Fact]
    public void A_renewal_brings_the_newer_key()
    {
        Register(Key(1));

        Renew(Key(2));

        AssertHas(2, 1);
    }

    [Fact]
    public void A_renewal_at_a_service_that_is_behind_takes_no_key_away()
    {
        Register(Key(1));
        Offer(Key(2));

        Renew(Key(1));
        AssertHas(2, 1);

        Renew(null);
        AssertHas(2, 1);
    }

    [Fact]
    public void A_key_that_a_peer_handed_on_while_a_renewal_was_under_way_stays()
    {
        Register(Key(1));
        var send = DueRenewal();
        Offer(Key(2));

        Settle(send.Call, Key(1));

        AssertHas(2, 1);
    }

    [Fact]
    public void A_registration_with_a_key_of_somebody_else_is_not_taken()
    {
        foreach (var bad in new[] { _rig.Organisation.DiscoveryKey(1, account: "other"), new Organisation(7).DiscoveryKey(1) })
        {
            var rig = new RegistrationMachineRig();
            var send = Only<RegistrationEffect.SendRegistration>(rig.Challenge(rig.Show(rig.Begin())));
            Only<RegistrationEffect.StorePlan>(rig.Handle(new RegistrationInput.Issued(send.Call, rig.Issue(discoveryKey: bad))));
            Assert.Null(rig.Machine.Held);
        }
    }

    [Fact]
    public void A_service_that_signs_no_keys_gives_one_that_gives_way_to_the_first_that_is_signed()
    {
        Register(null);
        Assert.Equal((0u, AccountHash.FromKey(new byte[32])), (Keys.Version, Keys.Hash));

        Renew(Key(2));

        Assert.Equal((2u, AccountHash.FromKey(new byte[32])), (Keys.Version, Keys.PreviousHash!.Value));
    }

    private DiscoveryKeys Keys => _rig.Machine.Held!.Issued.DiscoveryKeys;

    private DiscoveryKey Key(uint version) => _rig.Organisation.DiscoveryKey(version);

    private IReadOnlyList<RegistrationEffect> Offer(DiscoveryKey key) => _rig.Handle(new RegistrationInput.DiscoveryKeyOffered(key));

    private void Register(DiscoveryKey? key) =>
        Settle(Only<RegistrationEffect.SendRegistration>(_rig.Challenge(_rig.Show(_rig.Begin()))).Call, key);

    private void Renew(DiscoveryKey? key) => Settle(DueRenewal().Call, key);

    private RegistrationEffect.SendRenewal DueRenewal()
    {
        _rig.Now = _rig.Machine.NextTimeout!.Value;
        return Only<RegistrationEffect.SendRenewal>(_rig.Challenge(_rig.Show(_rig.Machine.HandleTimeout(_rig.Now))));
    }

    private void Settle(int call, DiscoveryKey? key)
    {
        Only<RegistrationEffect.StoreRegistration>(_rig.Handle(new RegistrationInput.Issued(call, _rig.Issue(discoveryKey: key))));
        _rig.Handle(new RegistrationInput.RegistrationStored());
    }

    private void AssertHas(uint current, uint previous) => Assert.Equal(
        (current, AccountHash.FromKey(Key(current).Secret.Span), AccountHash.FromKey(Key(previous).Secret.Span)),
        (Keys.Version, Keys.Hash, Keys.PreviousHash!.Value));
}
