using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Registration;

/// <summary>When a device asks the service for the account's discovery key, and how.</summary>
public sealed class DiscoveryKeyMachineTests
{
    private readonly Organisation _organisation = new();
    private readonly SigningKey _key = Organisation.Key(0, 10);
    private readonly DiscoveryKeyMachine _machine;
    private DateTimeOffset _now = Organisation.Now;

    public DiscoveryKeyMachineTests()
    {
        _machine = new DiscoveryKeyMachine(_key, new SeededRandom(1));
        _machine.Hold(Held(), TimeFloor.None);
    }

    [Fact]
    public void With_each_list_that_comes_into_force_it_asks_once_within_two_seconds()
    {
        Assert.Null(_machine.NextTimeout);

        Assert.Empty(Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5))));

        Assert.InRange(_machine.NextTimeout!.Value, _now, _now + DiscoveryKeyMachine.Spread);
        var ask = Asking();
        Assert.Same(Key, Only<DiscoveryKeyEffect.Offer>(Handle(new DiscoveryKeyInput.Answered(ask.Call, Key))).Key);
        Assert.Null(_machine.NextTimeout);
    }

    [Fact]
    public void It_asks_the_proven_service_alone_and_with_the_devices_own_proof()
    {
        Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5)));

        var ask = Asking();

        Assert.Equal(new TlsPin(RegistrationMachineRig.TlsKey), ask.Contact.Pin);
        var proof = SignedBlobs.Parse(ask.Request.Proof, "proof");
        Assert.True(proof.IsSignedBy(_key.PublicKey, SignatureContext.DiscoveryKeyProof));
        var payload = RegistrationProofPayload.Parser.ParseFrom(proof.Payload);
        Assert.Equal(("acme", "nonce"), (payload.AccountId, payload.Nonce.ToStringUtf8()));
        Assert.Equal(ask.Request.DeviceId, DeviceId.FromPublicKey(_key.PublicKey.Bytes).ToString());
    }

    [Fact]
    public void A_relay_with_its_own_TLS_key_is_asked_for_nothing_and_the_service_again_later()
    {
        Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5)));

        Assert.Empty(Show(Fetch(), RegistrationMachineRig.Shown(_organisation, RegistrationMachineRig.OtherTlsKey)));

        Assert.InRange(_machine.NextTimeout!.Value, _now, _now + DiscoveryKeyMachine.Retry.Longest);
    }

    [Fact]
    public void A_list_that_comes_while_it_asks_makes_it_ask_anew()
    {
        Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5)));
        var ask = Asking();

        Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5)));

        Assert.Empty(Handle(new DiscoveryKeyInput.Answered(ask.Call, Key)));
        Only<DiscoveryKeyEffect.Offer>(Handle(new DiscoveryKeyInput.Answered(Asking().Call, Key)));
    }

    [Theory]
    [InlineData(403, RegistrationProblems.DeviceRevoked)]
    [InlineData(404, RegistrationProblems.DeviceUnknown)]
    [InlineData(403, RegistrationProblems.CertificateExpired)]
    [InlineData(404, null)]
    public void The_services_own_no_ends_it_until_the_next_list(int status, string? code)
    {
        Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5)));

        Assert.Empty(Handle(new DiscoveryKeyInput.CallFailed(Asking().Call, new ServiceFailure.Refused(status, code, "No."))));

        Assert.Null(_machine.NextTimeout);
        Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5)));
        Assert.NotNull(_machine.NextTimeout);
    }

    [Fact]
    public void Trouble_that_may_pass_is_tried_again_with_back_off_of_a_minute_at_most()
    {
        Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5)));
        ServiceFailure[] troubles =
        [
            new ServiceFailure.Unreachable(""), new ServiceFailure.Refused(429, RegistrationProblems.TooManyRequests, ""),
            new ServiceFailure.Refused(500, RegistrationProblems.Internal, ""), new ServiceFailure.Unreadable(""), new ServiceFailure.Untrusted(""),
        ];
        for (var i = 0; i < 40; i++)
        {
            Assert.Empty(Handle(new DiscoveryKeyInput.CallFailed(Asking().Call, troubles[i % troubles.Length])));
            Assert.InRange(_machine.NextTimeout!.Value, _now, _now + DiscoveryKeyMachine.Retry.Longest);
        }

        // Somebody else answers in the service's place, as on a foreign network.
        Assert.Empty(Handle(new DiscoveryKeyInput.CallFailed(Fetch().Call, new ServiceFailure.Refused(404, null, ""))));
        Assert.NotNull(_machine.NextTimeout);
    }

    [Fact]
    public void A_clock_that_was_set_back_does_not_silence_it()
    {
        Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5)));
        _now = _now.AddDays(-1);

        Only<DiscoveryKeyEffect.FetchTrustRoot>(_machine.HandleTimeout(_now));
    }

    [Fact]
    public void Other_trust_roots_that_the_service_shows_are_handed_to_their_keeper_first()
    {
        var issuing = Organisation.Key(0, 22);
        var changed = TrustChain.Of(_organisation.Trust).Follow([_organisation.Next(_organisation.Trust, issuing: issuing).Link]);
        Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5)));

        var offered = Only<DiscoveryKeyEffect.OfferTrustRoot>(Show(Fetch(), RegistrationMachineRig.Shown(changed, issuing)));

        Assert.Equal(changed.Newest.Link, offered.Links[^1]);
        _machine.Hold(Held(changed), TimeFloor.None);
        _now = _machine.NextTimeout!.Value;
        Only<DiscoveryKeyEffect.AskChallenge>(Show(Fetch(), RegistrationMachineRig.Shown(changed, issuing)));
    }

    [Theory]
    [InlineData(5, 0, true)]
    [InlineData(6, -60, true)]
    [InlineData(5, -1, false)]
    [InlineData(4, 60, false)]
    public void It_does_not_ask_for_a_key_that_it_has_by_then(ulong cameWith, int minutes, bool isSpared)
    {
        Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5)));
        _machine.Hold(Held(key: _organisation.DiscoveryKey(2, revocationList: cameWith, at: Organisation.Now.AddMinutes(minutes))), TimeFloor.None);
        _now = _machine.NextTimeout!.Value;

        var effects = _machine.HandleTimeout(_now);

        Assert.Equal((isSpared ? 0 : 1, null), (effects.Count, _machine.NextTimeout));
    }

    [Fact]
    public void A_device_that_is_not_registered_asks_nobody()
    {
        _machine.Hold(null, TimeFloor.None);
        Handle(new DiscoveryKeyInput.ListInForce(_organisation.Revoke(5)));

        Assert.Empty(_machine.HandleTimeout(_now.AddSeconds(2)));
        Assert.Null(_machine.NextTimeout);
    }

    private DiscoveryKey Key => field ??= _organisation.DiscoveryKey(2);

    private HeldRegistration Held(TrustChain? trust = null, DiscoveryKey? key = null) => new(
        RegistrationMachineRig.Server, ServerTrust: null,
        new IssuedRegistration(_organisation.Device(10).Certificate, trust ?? TrustChain.Of(_organisation.Trust), DiscoveryKeys.Of(key ?? _organisation.DiscoveryKey(1))));

    private DiscoveryKeyEffect.FetchTrustRoot Fetch()
    {
        _now = _machine.NextTimeout!.Value;
        return Only<DiscoveryKeyEffect.FetchTrustRoot>(_machine.HandleTimeout(_now));
    }

    private IReadOnlyList<DiscoveryKeyEffect> Show(DiscoveryKeyEffect.FetchTrustRoot fetch, ServiceShown shown) =>
        Handle(new DiscoveryKeyInput.TrustRootShown(fetch.Call, shown));

    /// <summary>From when it is due to its question.</summary>
    private DiscoveryKeyEffect.Ask Asking()
    {
        var challenge = Only<DiscoveryKeyEffect.AskChallenge>(Show(Fetch(), RegistrationMachineRig.Shown(_organisation)));
        return Only<DiscoveryKeyEffect.Ask>(Handle(new DiscoveryKeyInput.Challenged(
            challenge.Call, new RegistrationMessages.Challenge(Base64Url.Encode("nonce"u8), _now.AddMinutes(5)))));
    }

    private IReadOnlyList<DiscoveryKeyEffect> Handle(DiscoveryKeyInput input) => _machine.Handle(input, _now);

    private static T Only<T>(IReadOnlyList<DiscoveryKeyEffect> effects) where T : DiscoveryKeyEffect => Assert.IsType<T>(Assert.Single(effects));
}
