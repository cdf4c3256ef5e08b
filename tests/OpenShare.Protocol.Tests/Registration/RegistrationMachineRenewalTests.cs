using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Registration.RegistrationMachineRig;

namespace OpenShare.Protocol.Tests.Registration;

public class RegistrationMachineRenewalTests
{
    private readonly RegistrationMachineRig _rig = new();

    [Fact]
    public void A_certificate_is_renewed_from_two_thirds_of_its_life_on()
    {
        var issued = _rig.Now;
        _rig.Chance = 0;
        _rig.Register(TimeSpan.FromDays(90));
        Assert.Equal(issued.AddDays(60), _rig.Machine.NextTimeout);
        Assert.Empty(_rig.Machine.HandleTimeout(issued.AddDays(60).AddSeconds(-1)));

        _rig.Now = issued.AddDays(60);
        var send = Only<RegistrationEffect.SendRenewal>(_rig.Challenge(_rig.Show(_rig.Machine.HandleTimeout(_rig.Now))));
        var proof = SignedBlobs.Parse(send.Request.Proof, "proof");
        Assert.True(proof.IsSignedBy(_rig.Key.PublicKey, SignatureContext.RenewalProof));
        Assert.IsType<RegistrationStatus.Certified>(_rig.Machine.Status);

        var renewed = _rig.Settle(send.Call, TimeSpan.FromDays(90));
        Assert.Equal(issued.AddDays(150), renewed.Issued.Certificate.ExpiresAt);
        Assert.Equal(issued.AddDays(120), _rig.Machine.NextTimeout);
    }

    [Fact]
    public void Devices_that_were_registered_at_once_do_not_renew_at_once()
    {
        var held = _rig.Register(TimeSpan.FromDays(90));
        var random = new SeededRandom(1);
        var times = Enumerable.Range(0, 1000).Select(_ =>
        {
            var device = new RegistrationMachine(_rig.Key, new DevicePlatform("", ""), random, TimeFloor.None);
            device.Hold(held);
            return device.NextTimeout!.Value - _rig.Now;
        }).ToList();

        Assert.All(times, t => Assert.InRange(t, TimeSpan.FromDays(60), TimeSpan.FromDays(67.5)));
        // A tenth of the time has a tenth of them, give or take.
        Assert.All(times.GroupBy(t => (int)((t.TotalDays - 60) / 0.75)), tenth => Assert.InRange(tenth.Count(), 60, 140));
    }

    [Fact]
    public void Renewal_goes_on_through_trouble_and_through_strangers_that_answer()
    {
        var renewal = Due();
        ServiceFailure[] failures =
        [
            new ServiceFailure.Unreachable(""), new ServiceFailure.Untrusted(""), new ServiceFailure.Unreadable(""),
            new ServiceFailure.Refused(404, null, ""), new ServiceFailure.Refused(503, null, ""),
        ];
        foreach (var failure in failures)
        {
            Assert.Empty(_rig.Fail(Only<RegistrationEffect.FetchTrustRoot>(renewal).Call, failure));
            Assert.IsType<RegistrationStatus.Certified>(_rig.Machine.Status);
            _rig.Now = _rig.Machine.NextTimeout!.Value;
            renewal = _rig.Machine.HandleTimeout(_rig.Now);
        }
        // A relay with a TLS key of its own gets no request, and no end of the matter.
        Assert.Empty(_rig.Show(renewal, shownKey: OtherTlsKey));
        Assert.NotNull(_rig.Machine.NextTimeout);
    }

    [Theory]
    [InlineData(403, RegistrationProblems.DeviceRevoked, RegistrationRefusal.Revoked)]
    [InlineData(404, RegistrationProblems.DeviceUnknown, RegistrationRefusal.Other)]
    [InlineData(403, RegistrationProblems.CertificateExpired, RegistrationRefusal.Other)]
    public void The_services_own_no_ends_renewal_and_a_new_order_may_follow(int status, string code, RegistrationRefusal reason)
    {
        var send = Only<RegistrationEffect.SendRenewal>(_rig.Challenge(_rig.Show(Due())));

        Assert.Empty(_rig.Fail(send.Call, new ServiceFailure.Refused(status, code, "No.")));

        Assert.Equal(reason, _rig.Refusal);
        Assert.Null(_rig.Machine.NextTimeout);
        Assert.False(_rig.Machine.IsRegisteredAt(_rig.Now));
        Assert.Single(_rig.Begin());
    }

    [Fact]
    public void A_certificate_found_expired_on_disk_is_tried_to_renew_at_once()
    {
        var held = _rig.Register(TimeSpan.FromHours(1));
        _rig.Now = _rig.Now.AddDays(2);
        var restarted = new RegistrationMachineRig { Now = _rig.Now };

        restarted.Machine.Hold(held);

        Assert.False(restarted.Machine.IsRegisteredAt(restarted.Now));
        Only<RegistrationEffect.FetchTrustRoot>(restarted.Machine.HandleTimeout(restarted.Now));
    }

    [Fact]
    public void A_clock_far_ahead_does_not_renew_without_end()
    {
        _rig.Register();
        _rig.Now = _rig.Now.AddYears(3);
        var send = Only<RegistrationEffect.SendRenewal>(_rig.Challenge(_rig.Show(_rig.Machine.HandleTimeout(_rig.Now))));
        var ahead = _rig.Now;
        _rig.Now = Organisation.Now;
        var answer = _rig.Issue();
        _rig.Now = ahead;

        Only<RegistrationEffect.StoreRegistration>(_rig.Handle(new RegistrationInput.Issued(send.Call, answer)));
        _rig.Handle(new RegistrationInput.RegistrationStored());

        Assert.True(_rig.Machine.NextTimeout > ahead.AddDays(100));
    }

    private IReadOnlyList<RegistrationEffect> Due()
    {
        _rig.Register();
        _rig.Now = _rig.Machine.NextTimeout!.Value;
        return _rig.Machine.HandleTimeout(_rig.Now);
    }
}
