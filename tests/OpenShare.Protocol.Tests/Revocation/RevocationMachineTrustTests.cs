using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Registration;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Revocation;

/// <summary>The trust root that the service shows beside its lists.</summary>
public sealed class RevocationMachineTrustTests : RevocationMachineRig
{
    [Fact]
    public void A_newer_trust_root_that_the_service_shows_is_passed_on()
    {
        var changed = TrustChain.Of(_organisation.Trust).Follow([_organisation.Next(_organisation.Trust, issuing: Organisation.Key(0, 22)).Link]);
        var fetch = Only<RevocationEffect.FetchTrustRoot>(_machine.Start(Source, null, _now));

        var shown = RegistrationMachineRig.Shown(changed, Organisation.Key(0, 22));
        var effects = _machine.Handle(new RevocationInput.TrustRootShown(fetch.Call, shown), _now);

        // Its TLS key cannot be proven before that is followed; then this starts anew.
        Assert.Equal(changed.Roots.Select(r => r.Link), Only<RevocationEffect.OfferTrustRoot>(effects).Links);
        Assert.IsType<RevocationEffect.FetchTrustRoot>(Assert.Single(_machine.Start(Source with { Trust = changed.Newest }, null, _now)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sha256:00")]
    public void The_service_is_asked_for_its_trust_root_every_hour(string? serverTrust)
    {
        var effects = _machine.Start(Source with { ServerTrust = serverTrust }, null, _now);
        var ask = Only<RevocationEffect.Ask>(serverTrust is null ? Show(Only<RevocationEffect.FetchTrustRoot>(effects)) : effects);
        _now += RevocationMachine.TrustRootEvery - TimeSpan.FromSeconds(1);
        ask = Only<RevocationEffect.Ask>(_machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.NotModified()), _now));
        _now += TimeSpan.FromSeconds(5);

        var fetch = Only<RevocationEffect.FetchTrustRoot>(_machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.NotModified()), _now));

        Only<RevocationEffect.Ask>(Show(fetch));
    }

    [Fact]
    public void A_service_that_does_not_show_its_trust_root_is_asked_for_lists_all_the_same()
    {
        var ask = Asking();
        _now += RevocationMachine.TrustRootEvery;
        var fetch = Only<RevocationEffect.FetchTrustRoot>(_machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.NotModified()), _now));

        _machine.Handle(new RevocationInput.CallFailed(fetch.Call, new ServiceFailure.Refused(404, null, "")), _now);

        _now = _machine.NextTimeout!.Value;
        Only<RevocationEffect.Ask>(_machine.HandleTimeout(_now));
    }

    [Fact]
    public void A_list_of_the_service_under_a_key_not_known_here_is_a_reason_to_ask_for_its_trust_root()
    {
        var ask = Asking(_organisation.Revoke(3));
        Answer(ask, new Organisation(7).Revoke(4));

        _now = _machine.NextTimeout!.Value;
        Only<RevocationEffect.FetchTrustRoot>(_machine.HandleTimeout(_now));
    }
}
