using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Registration.RegistrationMachineRig;

namespace OpenShare.Protocol.Tests.Registration;

/// <summary>The floor of time: what raises it, and what goes by it whatever the clock says.</summary>
public class RegistrationMachineClockTests
{
    private static readonly DateTimeOffset Start = Organisation.Now;
    private readonly RegistrationMachineRig _rig = new();

    [Fact]
    public void The_own_certificate_and_the_trust_root_raise_the_floor_and_everybody_is_told_first()
    {
        var send = Only<RegistrationEffect.SendRegistration>(_rig.Challenge(_rig.Show(_rig.Begin())));
        _rig.Handle(new RegistrationInput.Issued(send.Call, _rig.Issue()));

        var effects = _rig.Handle(new RegistrationInput.RegistrationStored());

        Assert.Equal([typeof(RegistrationEffect.RaiseFloor), typeof(RegistrationEffect.Announce)], effects.Select(e => e.GetType()));
        Assert.Equal(Start - ClockSkew.Allowed, _rig.Machine.Floor.IssuedAt);
    }

    [Fact]
    public void What_was_verified_raises_the_floor_and_an_older_thing_does_not()
    {
        _rig.Register();
        var raise = Only<RegistrationEffect.RaiseFloor>(Verify(Start.AddDays(1)));
        Assert.Equal(Start.AddDays(1), raise.Floor.IssuedAt);
        Assert.Empty(Verify(Start.AddDays(1)));
        Assert.Empty(Verify(Start));
        Assert.Equal(Start.AddDays(1), _rig.Machine.Floor.IssuedAt);
    }

    [Fact]
    public void A_clock_set_back_does_not_make_an_expired_certificate_one_that_peers_accept()
    {
        _rig.Register(TimeSpan.FromDays(90));
        Verify(Start.AddDays(120));

        Assert.False(_rig.Machine.IsRegisteredAt(Start.AddYears(-1)));
    }

    [Fact]
    public void A_clock_set_back_does_not_put_off_the_renewal()
    {
        _rig.Register(TimeSpan.FromDays(90));
        _rig.Now = Start.AddYears(-1);
        Verify(Start.AddDays(67));
        Assert.Equal(Start.AddDays(67.5), _rig.Machine.NextTimeout);

        Verify(Start.AddDays(68));

        Assert.True(_rig.Machine.NextTimeout <= _rig.Now);
        Only<RegistrationEffect.FetchTrustRoot>(_rig.Machine.HandleTimeout(_rig.Now));
    }

    [Fact]
    public void A_clock_set_back_does_not_put_off_the_next_attempt()
    {
        var fetch = Only<RegistrationEffect.FetchTrustRoot>(_rig.Begin());
        _rig.Fail(fetch.Call, new ServiceFailure.Unreachable("Nothing answers."));
        Assert.Empty(_rig.Machine.HandleTimeout(_rig.Now));

        _rig.Now = Start.AddHours(-5);

        Only<RegistrationEffect.FetchTrustRoot>(_rig.Machine.HandleTimeout(_rig.Now));
    }

    [Fact]
    public void A_floor_that_was_kept_makes_the_renewal_due_at_the_next_start()
    {
        var held = _rig.Register(TimeSpan.FromDays(90));
        var restarted = new RegistrationMachine(_rig.Key, new DevicePlatform("", ""), new SeededRandom(1), new TimeFloor(Start.AddDays(68)));
        restarted.Hold(held);

        Only<RegistrationEffect.FetchTrustRoot>(restarted.HandleTimeout(Start.AddYears(-1)));
    }

    [Fact]
    public void A_renewal_that_fails_is_tried_again_by_the_clock_even_when_that_is_behind()
    {
        _rig.Register(TimeSpan.FromDays(90));
        _rig.Now = Start.AddYears(-1);
        Verify(Start.AddDays(68));

        var fetch = Only<RegistrationEffect.FetchTrustRoot>(_rig.Machine.HandleTimeout(_rig.Now));
        _rig.Fail(fetch.Call, new ServiceFailure.Unreachable(""));

        Assert.InRange(_rig.Machine.NextTimeout!.Value, _rig.Now.AddSeconds(1), _rig.Now.AddHours(1));
    }

    [Fact]
    public void A_service_that_was_years_ahead_once_does_not_make_its_devices_renew_without_end()
    {
        _rig.Register(TimeSpan.FromDays(90));
        Verify(Start.AddYears(4));
        var send = Only<RegistrationEffect.SendRenewal>(_rig.Challenge(_rig.Show(_rig.Machine.HandleTimeout(_rig.Now))));

        _rig.Settle(send.Call, TimeSpan.FromDays(90));

        Assert.Equal(_rig.Now.AddDays(67.5), _rig.Machine.NextTimeout);
    }

    [Fact]
    public void The_word_of_an_issuing_key_that_has_ended_proves_no_service()
    {
        // The organisation's keys end in five years.
        _rig.Register();
        Verify(Start.AddYears(5).AddMinutes(6));
        _rig.Now = Start.AddYears(-1);

        var effects = _rig.Show(_rig.Machine.HandleTimeout(_rig.Now));

        Assert.Empty(effects);
        Assert.NotNull(_rig.Machine.NextTimeout);
    }

    private IReadOnlyList<RegistrationEffect> Verify(DateTimeOffset issuedAt) => _rig.Handle(new RegistrationInput.TimeVerified(issuedAt));
}
