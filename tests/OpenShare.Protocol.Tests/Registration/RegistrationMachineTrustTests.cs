using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Registration.RegistrationMachineRig;

namespace OpenShare.Protocol.Tests.Registration;

/// <summary>The token goes to nobody but the service it names.</summary>
public class RegistrationMachineTrustTests
{
    private readonly RegistrationMachineRig _rig = new();

    [Fact]
    public void The_proven_TLS_key_is_pinned_for_all_that_follows()
    {
        var fetch = Only<RegistrationEffect.FetchTrustRoot>(_rig.Begin());
        Assert.True(fetch.Contact.IsUnproven);

        var ask = _rig.Show([fetch]);
        Assert.Equal(new TlsPin(TlsKey), Only<RegistrationEffect.AskChallenge>(ask).Contact.Pin);
        Assert.Equal(new TlsPin(TlsKey), Only<RegistrationEffect.SendRegistration>(_rig.Challenge(ask)).Contact.Pin);
    }

    [Fact]
    public void A_service_of_another_trust_root_is_refused()
    {
        AssertWrongServer(_rig.Show(_rig.Begin(), by: new Organisation(7)));
    }

    [Fact]
    public void A_relay_that_repeats_the_trust_root_over_its_own_TLS_key_is_refused()
    {
        AssertWrongServer(_rig.Show(_rig.Begin(), shownKey: OtherTlsKey));
        Assert.Contains("in between", ((RegistrationStatus.Refused)_rig.Machine.Status).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relay_that_vouches_for_its_own_TLS_key_is_refused()
    {
        var fetch = Only<RegistrationEffect.FetchTrustRoot>(_rig.Begin());
        var forged = Shown(new Organisation(7), OtherTlsKey, OtherTlsKey).Answer.TlsEndpoint;
        var shown = Shown(_rig.Organisation, OtherTlsKey);

        AssertWrongServer(_rig.Handle(new RegistrationInput.TrustRootShown(
            fetch.Call, shown with { Answer = shown.Answer with { TlsEndpoint = forged } })));
    }

    [Fact]
    public void What_is_no_trust_root_at_all_is_refused()
    {
        var fetch = Only<RegistrationEffect.FetchTrustRoot>(_rig.Begin());
        AssertWrongServer(_rig.Handle(new RegistrationInput.TrustRootShown(
            fetch.Call, new ServiceShown(new RegistrationMessages.TrustRootResponse("AAAA", "AAAA"), TlsKey))));
    }

    [Fact]
    public void An_address_where_something_else_answers_is_the_wrong_one()
    {
        var fetch = Only<RegistrationEffect.FetchTrustRoot>(_rig.Begin());
        AssertWrongServer(_rig.Fail(fetch.Call, new ServiceFailure.Refused(404, null, "HTTP 404.")));
    }

    [Fact]
    public void A_relay_that_appears_after_the_proof_is_refused()
    {
        var ask = Only<RegistrationEffect.AskChallenge>(_rig.Show(_rig.Begin()));
        AssertWrongServer(_rig.Fail(ask.Call, new ServiceFailure.Untrusted("Another key.")));
    }

    [Fact]
    public void With_a_fingerprint_or_an_authority_given_the_trust_root_must_still_be_the_tokens()
    {
        var given = Plan(serverTrust: "sha256:00");
        Assert.False(Only<RegistrationEffect.FetchTrustRoot>(_rig.Begin(given)).Contact.IsUnproven);
        AssertWrongServer(_rig.Show(_rig.Begin(given), by: new Organisation(7)));

        // A proxy that the given authority certified may stand before the service: its key is not the one vouched for.
        Only<RegistrationEffect.AskChallenge>(_rig.Show(_rig.Begin(given), shownKey: OtherTlsKey));
    }

    private void AssertWrongServer(IReadOnlyList<RegistrationEffect> effects)
    {
        Only<RegistrationEffect.ForgetPlan>(effects);
        Assert.Equal(RegistrationRefusal.WrongServer, _rig.Refusal);
    }
}
