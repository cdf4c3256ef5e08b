using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Registration.RegistrationMachineRig;

namespace OpenShare.Protocol.Tests.Registration;

public class RegistrationMachineTests
{
    private static readonly ServiceFailure Trouble = new ServiceFailure.Unreachable("Nothing answers.");

    private readonly RegistrationMachineRig _rig = new();

    [Fact]
    public void An_order_becomes_a_certificate_in_one_request_each()
    {
        var held = _rig.Register();

        Assert.Equal(_rig.Key.PublicKey, held.Issued.Certificate.PublicKey);
        Assert.Equal(new RegistrationStatus.Certified(Server), _rig.Machine.Status);
        Assert.True(_rig.Machine.IsRegisteredAt(_rig.Now));
    }

    [Fact]
    public void Nothing_is_asked_before_the_plan_is_on_disk()
    {
        Assert.IsType<RegistrationEffect.StorePlan>(Assert.Single(_rig.Machine.Begin(Plan(), _rig.Now)));

        Assert.Empty(_rig.Machine.HandleTimeout(_rig.Now.AddDays(1)));
        var effects = _rig.Handle(new RegistrationInput.NotStored("the disk is full"));

        Only<RegistrationEffect.ForgetPlan>(effects);
        Assert.Contains("the disk is full", Assert.IsType<RegistrationStatus.Refused>(_rig.Machine.Status).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_request_proves_the_key_over_every_field_and_the_nonce()
    {
        var send = Only<RegistrationEffect.SendRegistration>(_rig.Challenge(_rig.Show(_rig.Begin())));

        var proof = SignedBlobs.Parse(send.Request.Proof, "proof");
        Assert.True(proof.IsSignedBy(_rig.Key.PublicKey, SignatureContext.RegistrationProof));
        var payload = RegistrationProofPayload.Parser.ParseFrom(proof.Payload);
        Assert.Equal(send.Request.DeviceId, DeviceId.FromBytes(payload.DeviceId.Span).ToString());
        Assert.Equal(
            (send.Request.AccountId, send.Request.Metadata.Name, send.Request.Metadata.Platform, send.Request.Metadata.AppVersion, "nonce"),
            (payload.AccountId, payload.Name, payload.Platform, payload.AppVersion, payload.Nonce.ToStringUtf8()));
    }

    [Fact]
    public void The_token_is_in_no_text_that_anything_prints()
    {
        var plan = Plan();
        var effects = _rig.Machine.Begin(plan, _rig.Now).Concat(_rig.Challenge(_rig.Show(_rig.Handle(new RegistrationInput.PlanStored()))));

        foreach (var text in effects.Select(e => e.ToString()!).Append(plan.ToString()).Append(_rig.Machine.Status.ToString()))
        {
            Assert.DoesNotContain(plan.Credential.Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain(plan.Credential.Reveal(), text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Network_trouble_is_waited_out_with_growing_pauses_and_the_state_is_on_disk()
    {
        var effects = _rig.Begin();
        List<TimeSpan> pauses = [];
        for (var attempt = 1; attempt <= 12; attempt++)
        {
            var store = Only<RegistrationEffect.StorePlan>(_rig.Fail(Only<RegistrationEffect.FetchTrustRoot>(effects).Call, Trouble));
            Assert.Equal((attempt, "Nothing answers."), (store.Course.Attempts, store.Course.LastProblem));
            Assert.Equal(_rig.Machine.NextTimeout, store.Course.NextAttempt);
            pauses.Add(store.Course.NextAttempt - _rig.Now);
            Assert.Empty(_rig.Machine.HandleTimeout(store.Course.NextAttempt.AddMilliseconds(-1)));
            _rig.Now = store.Course.NextAttempt;
            effects = _rig.Machine.HandleTimeout(_rig.Now);
        }

        // With every random bit set the pauses are the ceilings.
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300], pauses.Select(p => p.TotalSeconds));
    }

    [Fact]
    public void The_pause_is_anything_between_nothing_and_its_ceiling()
    {
        var random = new SeededRandom(1);
        var retry = new RetryDelay(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));

        var pauses = Enumerable.Range(0, 1000).Select(_ => retry.After(5, random).TotalSeconds).ToList();

        Assert.All(pauses, p => Assert.InRange(p, 0, 16));
        Assert.InRange(pauses.Average(), 7, 9);
        Assert.InRange(retry.After(int.MaxValue, random), TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData(500, null)]
    [InlineData(503, null)]
    [InlineData(503, RegistrationProblems.LoginUnavailable)]
    [InlineData(429, RegistrationProblems.TooManyRequests)]
    [InlineData(500, RegistrationProblems.Internal)]
    [InlineData(403, RegistrationProblems.KeyNotProven)]
    public void What_may_pass_is_tried_again(int status, string? code)
    {
        var send = Only<RegistrationEffect.SendRegistration>(_rig.Challenge(_rig.Show(_rig.Begin())));

        Only<RegistrationEffect.StorePlan>(_rig.Fail(send.Call, new ServiceFailure.Refused(status, code, "Not now.")));

        Assert.Equal(new RegistrationStatus.Underway(Server, 1, "Not now.", _rig.Machine.NextTimeout), _rig.Machine.Status);
    }

    [Theory]
    [InlineData(401, RegistrationProblems.BadToken, RegistrationRefusal.BadToken)]
    [InlineData(401, RegistrationProblems.BadSession, RegistrationRefusal.BadToken)]
    [InlineData(403, RegistrationProblems.TokenUsed, RegistrationRefusal.BadToken)]
    [InlineData(403, RegistrationProblems.TokenExpired, RegistrationRefusal.BadToken)]
    [InlineData(403, RegistrationProblems.QuotaExceeded, RegistrationRefusal.Quota)]
    [InlineData(403, RegistrationProblems.DeviceRevoked, RegistrationRefusal.Revoked)]
    [InlineData(409, RegistrationProblems.DeviceIdTaken, RegistrationRefusal.Other)]
    [InlineData(400, RegistrationProblems.MalformedBody, RegistrationRefusal.Other)]
    public void What_will_not_pass_ends_the_plan_in_the_services_words(int status, string code, RegistrationRefusal reason)
    {
        var send = Only<RegistrationEffect.SendRegistration>(_rig.Challenge(_rig.Show(_rig.Begin())));

        Only<RegistrationEffect.ForgetPlan>(_rig.Fail(send.Call, new ServiceFailure.Refused(status, code, "Ask your administrator.")));

        Assert.Equal(new RegistrationStatus.Refused(reason, "Ask your administrator."), _rig.Machine.Status);
        Assert.Null(_rig.Machine.NextTimeout);
    }

    [Fact]
    public void A_session_is_shown_in_place_of_a_token_and_to_no_other_organisation()
    {
        LoginSession Session(byte family) => new("a.jwt.x", AccountId.Parse("acme"), new Organisation(family).Trust.Fingerprint.Span);
        var plan = RegistrationMachineRig.Plan(serverTrust: "system") with { Credential = Session(0) };
        var send = Only<RegistrationEffect.SendRegistration>(_rig.Challenge(_rig.Show(_rig.Begin(plan))));
        Assert.Equal(("a.jwt.x", "acme", "system"), (send.Credential.Secret, send.Request.AccountId, send.Contact.ServerTrust));

        _rig.Show(_rig.Begin(plan with { Credential = Session(1) }));

        var refused = Assert.IsType<RegistrationStatus.Refused>(_rig.Machine.Status);
        Assert.Equal(RegistrationRefusal.WrongServer, refused.Reason);
        Assert.Contains("the session was not sent", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_lost_answer_the_same_request_is_made_again()
    {
        var first = Only<RegistrationEffect.SendRegistration>(_rig.Challenge(_rig.Show(_rig.Begin())));
        _rig.Fail(first.Call, Trouble);
        _rig.Now = _rig.Machine.NextTimeout!.Value;

        var again = Only<RegistrationEffect.SendRegistration>(_rig.Challenge(_rig.Show(_rig.Machine.HandleTimeout(_rig.Now))));

        Assert.Equal((first.Credential, first.Request.DeviceId, first.Request.PubkeyEd25519), (again.Credential, again.Request.DeviceId, again.Request.PubkeyEd25519));
        _rig.Settle(again.Call);
    }

    [Fact]
    public void A_restart_goes_on_where_it_was()
    {
        var store = Only<RegistrationEffect.StorePlan>(_rig.Fail(Only<RegistrationEffect.FetchTrustRoot>(_rig.Begin()).Call, Trouble));
        var restarted = new RegistrationMachineRig { Now = _rig.Now };

        restarted.Machine.Resume(store.Plan, store.Course, restarted.Now);

        Assert.Equal(_rig.Machine.Status, restarted.Machine.Status);
        restarted.Now = store.Course.NextAttempt;
        var send = Only<RegistrationEffect.SendRegistration>(restarted.Challenge(restarted.Show(restarted.Machine.HandleTimeout(restarted.Now))));
        restarted.Settle(send.Call);
    }

    [Fact]
    public void A_clock_that_was_set_back_does_not_postpone_the_next_attempt_for_years()
    {
        _rig.Machine.Resume(Plan(), new RegistrationCourse(3, _rig.Now.AddYears(1), ""), _rig.Now);

        Assert.InRange(_rig.Machine.NextTimeout!.Value, _rig.Now, _rig.Now.AddMinutes(5));
    }

    [Fact]
    public void A_later_order_replaces_one_that_is_underway_and_late_answers_are_ignored()
    {
        var old = Only<RegistrationEffect.SendRegistration>(_rig.Challenge(_rig.Show(_rig.Begin())));

        var fetch = _rig.Begin(Plan());

        Assert.Empty(_rig.Handle(new RegistrationInput.Issued(old.Call, _rig.Issue())));
        Assert.Empty(_rig.Fail(old.Call, Trouble));
        Assert.Single(_rig.Show(fetch));
    }

    [Fact]
    public void A_certificate_that_is_not_for_this_device_is_not_taken()
    {
        AssertNotTaken(rig => rig.Issue(key: Organisation.Key(9, 8).PublicKey));
        AssertNotTaken(rig => rig.Issue(account: "evil"));
        AssertNotTaken(rig => rig.Issue(by: new Organisation(7)));
        AssertNotTaken(rig => rig.Issue() with { AccountDiscoveryKey = Base64Url.Encode(new byte[31]) });
        AssertNotTaken(rig => rig.Issue() with { CertBlob = "!" });
    }

    [Fact]
    public void A_certificate_that_cannot_be_stored_is_asked_for_again()
    {
        var send = Only<RegistrationEffect.SendRegistration>(_rig.Challenge(_rig.Show(_rig.Begin())));
        _rig.Handle(new RegistrationInput.Issued(send.Call, _rig.Issue()));

        Only<RegistrationEffect.StorePlan>(_rig.Handle(new RegistrationInput.NotStored("the disk is full")));

        Assert.Null(_rig.Machine.Held);
        Assert.IsType<RegistrationStatus.Underway>(_rig.Machine.Status);
    }

    [Fact]
    public void A_plain_http_address_is_refused_at_once()
    {
        var effects = _rig.Machine.Begin(Plan() with { Server = new Uri("http://registration.example") }, _rig.Now);

        Only<RegistrationEffect.ForgetPlan>(effects);
        Assert.Equal(RegistrationRefusal.Other, _rig.Refusal);
    }

    private static void AssertNotTaken(Func<RegistrationMachineRig, RegistrationMessages.RegisterResponse> answer)
    {
        var rig = new RegistrationMachineRig();
        var send = Only<RegistrationEffect.SendRegistration>(rig.Challenge(rig.Show(rig.Begin())));

        Only<RegistrationEffect.StorePlan>(rig.Handle(new RegistrationInput.Issued(send.Call, answer(rig))));

        Assert.Null(rig.Machine.Held);
        Assert.NotNull(Assert.IsType<RegistrationStatus.Underway>(rig.Machine.Status).LastProblem);
    }
}
