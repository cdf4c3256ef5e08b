using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Pairing;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Registration.RegistrationMachineRig;

namespace OpenShare.Protocol.Tests.Registration;

/// <summary>A device that another has paired gets a certificate of its own once the service is in reach.</summary>
public class RegistrationMachinePromotionTests
{
    private readonly RegistrationMachineRig _rig = new();

    [Fact]
    public void A_paired_device_asks_at_once_with_its_endorsement_and_is_certified()
    {
        var endorsement = Pair().Issued.Certificate;
        Assert.Equal(new RegistrationStatus.Provisional(Server, 0, null, null), _rig.Machine.Status);

        var send = Only<RegistrationEffect.SendPromotion>(_rig.Challenge(_rig.Show(_rig.Machine.HandleTimeout(_rig.Now))));
        Assert.Equal(endorsement.Blob.ToText(), send.Request.Endorsement);
        Assert.True(SignedBlobs.Parse(send.Request.Device.Proof, "proof").IsSignedBy(_rig.Key.PublicKey, SignatureContext.RegistrationProof));
        Assert.False(_rig.Machine.IsRegisteredAt(_rig.Now));

        var held = _rig.Settle(send.Call, TimeSpan.FromDays(90));
        Assert.False(held.Issued.Certificate.IsProvisional);
        Assert.True(_rig.Machine.IsRegisteredAt(_rig.Now));
        Assert.IsType<RegistrationStatus.Certified>(_rig.Machine.Status);
        Assert.True(_rig.Machine.NextTimeout > _rig.Now.AddDays(59));
    }

    [Fact]
    public void It_asks_again_until_the_service_is_in_reach_and_stays_what_it_is_meanwhile()
    {
        var endorsement = Pair().Issued.Certificate;
        var attempt = _rig.Machine.HandleTimeout(_rig.Now);
        for (var i = 1; i <= 100; i++)
        {
            Assert.Empty(_rig.Fail(Only<RegistrationEffect.FetchTrustRoot>(attempt).Call, new ServiceFailure.Unreachable("no route")));
            var status = Assert.IsType<RegistrationStatus.Provisional>(_rig.Machine.Status);
            Assert.Equal((i, "no route"), (status.Attempts, status.LastProblem));
            Assert.InRange(status.NextAttemptAt!.Value, _rig.Now, _rig.Now.AddMinutes(5));
            Assert.Equal(endorsement, _rig.Machine.Held!.Issued.Certificate);
            _rig.Now = status.NextAttemptAt.Value;
            attempt = _rig.Machine.HandleTimeout(_rig.Now);
        }
        // A service of before knows of no promotion.
        var send = Only<RegistrationEffect.SendPromotion>(_rig.Challenge(_rig.Show(attempt)));
        Assert.Empty(_rig.Fail(send.Call, new ServiceFailure.Refused(404, null, "Not Found")));
        Assert.NotNull(_rig.Machine.NextTimeout);
    }

    [Theory]
    [InlineData(RegistrationProblems.EndorsementRefused)]
    [InlineData(RegistrationProblems.DeviceRevoked)]
    public void What_the_service_refuses_for_good_is_said_and_not_asked_again(string code)
    {
        Pair();
        var send = Only<RegistrationEffect.SendPromotion>(_rig.Challenge(_rig.Show(_rig.Machine.HandleTimeout(_rig.Now))));
        Assert.Empty(_rig.Fail(send.Call, new ServiceFailure.Refused(403, code, "the sponsor was revoked")));
        Assert.Equal("the sponsor was revoked", Assert.IsType<RegistrationStatus.Refused>(_rig.Machine.Status).Detail);
        Assert.Null(_rig.Machine.NextTimeout);
        Assert.NotNull(_rig.Machine.Held);
    }

    [Fact]
    public void It_waits_for_an_administrators_yes_and_asks_at_a_gentle_pace_until_it_has_it()
    {
        Pair();
        // However often the service was not in reach before.
        for (var i = 0; i < 20; i++)
            FailNext(new ServiceFailure.Unreachable("no route"));
        Assert.False(Provisional.AwaitsAdministrator);

        var (began, asked) = (_rig.Now, 0);
        for (; _rig.Now < began.AddHours(10); asked++)
        {
            var send = Ask();
            Assert.Equal(asked > 0, Provisional.AwaitsAdministrator);
            Assert.Empty(_rig.Fail(send.Call, s_waits));
            Assert.Equal((true, "awaited"), (Provisional.AwaitsAdministrator, Provisional.LastProblem));
            Assert.InRange(_rig.Machine.NextTimeout!.Value, _rig.Now, _rig.Now + TimeSpan.FromSeconds(Math.Min(300, 10 << Math.Min(asked, 5))));
        }
        Assert.InRange(asked, 100, 400);

        _rig.Settle(Ask().Call, TimeSpan.FromDays(90));
        Assert.IsType<RegistrationStatus.Certified>(_rig.Machine.Status);
    }

    [Fact]
    public void That_a_yes_is_awaited_is_shown_until_the_service_says_something_else()
    {
        Pair();
        _rig.Fail(Ask().Call, s_waits);
        FailNext(new ServiceFailure.Unreachable("no route"));
        Assert.True(Provisional.AwaitsAdministrator);
        Assert.Empty(_rig.Fail(Ask().Call, new ServiceFailure.Refused(403, RegistrationProblems.QuotaExceeded, "full")));
        Assert.Equal((false, "full"), (Provisional.AwaitsAdministrator, Provisional.LastProblem));

        _rig.Fail(Ask().Call, s_waits);
        // An administrator said no: it asks no more, until it is paired anew.
        Assert.Empty(_rig.Fail(Ask().Call, new ServiceFailure.Refused(403, RegistrationProblems.EndorsementRefused, "turned away")));
        Assert.Equal("turned away", Assert.IsType<RegistrationStatus.Refused>(_rig.Machine.Status).Detail);
        Assert.Null(_rig.Machine.NextTimeout);
        var anew = Pair().Issued.Certificate.Blob.ToText();
        Assert.False(Provisional.AwaitsAdministrator);
        Assert.Equal(anew, Ask().Request.Endorsement);
        Assert.False(Provisional.AwaitsAdministrator);
    }

    [Fact]
    public void A_service_of_another_organisation_is_shown_no_endorsement()
    {
        Pair();
        Assert.Empty(_rig.Show(_rig.Machine.HandleTimeout(_rig.Now), by: new Organisation(7)));
        Assert.IsType<RegistrationStatus.Provisional>(_rig.Machine.Status);
    }

    [Fact]
    public void A_token_is_taken_while_the_service_was_not_in_reach()
    {
        Pair();
        _rig.Fail(Only<RegistrationEffect.FetchTrustRoot>(_rig.Machine.HandleTimeout(_rig.Now)).Call, new ServiceFailure.Unreachable(""));
        Only<RegistrationEffect.SendRegistration>(_rig.Challenge(_rig.Show(_rig.Begin())));
    }

    private static readonly ServiceFailure s_waits = new ServiceFailure.Refused(403, RegistrationProblems.PromotionWaiting, "awaited");

    private RegistrationStatus.Provisional Provisional => Assert.IsType<RegistrationStatus.Provisional>(_rig.Machine.Status);

    private RegistrationEffect.SendPromotion Ask() => Only<RegistrationEffect.SendPromotion>(_rig.Challenge(_rig.Show(WhenDue())));

    private void FailNext(ServiceFailure failure) => _rig.Fail(Only<RegistrationEffect.FetchTrustRoot>(WhenDue()).Call, failure);

    private IReadOnlyList<RegistrationEffect> WhenDue()
    {
        _rig.Now = _rig.Machine.NextTimeout is { } next && next > _rig.Now ? next : _rig.Now;
        return _rig.Machine.HandleTimeout(_rig.Now);
    }

    /// <summary>As another device has given it, and stored.</summary>
    private HeldRegistration Pair()
    {
        var organisation = _rig.Organisation;
        var certificate = organisation.Sponsor().Provisional(_rig.Key);
        var held = new HeldRegistration(Server, null, new IssuedRegistration(certificate, TrustChain.Of(organisation.Trust), DiscoveryKeys.Of(organisation.DiscoveryKey(1))));
        Only<RegistrationEffect.StoreRegistration>(_rig.Handle(new RegistrationInput.Paired(held)));
        Assert.IsType<RegistrationEffect.Announce>(_rig.Handle(new RegistrationInput.RegistrationStored())[^1]);
        return held;
    }
}
