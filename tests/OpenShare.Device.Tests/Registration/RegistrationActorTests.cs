using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Tests.Registration;

public sealed class RegistrationActorTests : DeviceRig
{
    public RegistrationActorTests()
    {
        Context.Events.Subscribe<RegistrationEvents.Certified>(Events.Ref);
        Context.Events.Subscribe<RegistrationEvents.RegistrationChanged>(Events.Ref);
    }

    [Fact]
    public async Task A_fresh_home_gets_a_key_and_an_order_makes_it_a_certified_device()
    {
        var actor = StartActor();
        var before = await Ask(actor);
        Assert.Equal((new RegistrationState.Unregistered(), null), (before.State, before.Identity));

        Assert.IsType<RegistrationStart.Begun>(await Register(actor));

        var identity = await Certified();
        Assert.Equal((before.DeviceId, "Laptop"), (identity.DeviceId, identity.Certificate.Name));
        Assert.Equal(identity.Certificate.Serial, Registration.Load()!.Certificate.Serial);
        Assert.Null(Registration.LoadPending());
        Assert.Equal(identity.Certificate.IssuedAt, Registration.TimeFloor);
        Assert.Equal(new RegistrationState.Certified(Server), (await Ask(actor)).State);
    }

    [Fact]
    public async Task A_certificate_on_disk_is_announced_at_start_and_nothing_is_asked()
    {
        var first = StartActor();
        await Register(first);
        var identity = await Certified();
        await Stop(first);
        var calls = Service.Calls.Count;

        var again = StartActor();

        Assert.Equal(identity.Certificate.Serial, (await Certified()).Certificate.Serial);
        Assert.IsType<RegistrationStart.AlreadyRegistered>(await Register(again));
        Assert.Equal(calls, Service.Calls.Count);
    }

    [Fact]
    public async Task A_service_that_is_down_is_waited_for()
    {
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        var actor = StartActor();
        await Register(actor);
        var waiting = await Waiting();
        Assert.Equal((1, "Nothing listens there."), (waiting.Attempts, waiting.LastProblem));
        Advance(waiting.NextAttemptAt!.Value - Context.Now);
        waiting = await Waiting(attempts: 2);

        Service.Down = null;
        Advance(waiting.NextAttemptAt!.Value - Context.Now);

        await Certified();
    }

    [Fact]
    public async Task A_clock_set_back_holds_up_no_attempt_whatever_happens_meanwhile()
    {
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        var actor = StartActor();
        await Register(actor);
        await Waiting();

        Time.Set(TimeSpan.FromHours(-5));
        Context.Events.Publish(new RegistrationEvents.TrustRootOffered([]));
        await Ask(actor);
        Advance(TimeSpan.FromMinutes(5));

        await Waiting(attempts: 2);
    }

    [Fact]
    public async Task A_lost_answer_costs_no_token_and_makes_no_second_device()
    {
        Service.LosesNextAnswer = true;
        var actor = StartActor();
        await Register(actor);
        var waiting = await Waiting();

        Advance(waiting.NextAttemptAt!.Value - Context.Now);

        await Certified();
        Assert.Equal(1, Service.DevicesRegistered);
    }

    [Fact]
    public async Task A_restart_in_the_middle_goes_on_with_the_same_key_and_token()
    {
        Service.LosesNextAnswer = true;
        var first = StartActor();
        await Register(first);
        var waiting = await Waiting();
        var device = (await Ask(first)).DeviceId;
        await Stop(first);

        StartActor();
        await Waiting();
        Advance(waiting.NextAttemptAt!.Value - Context.Now);

        Assert.Equal(device, (await Certified()).DeviceId);
        Assert.Equal(1, Service.DevicesRegistered);
    }

    [Fact]
    public async Task Another_organisations_service_is_refused_before_it_gets_anything()
    {
        var actor = StartActor();
        await Register(actor, Order(named: new TestOrganisation(2, Start)));

        Assert.Equal(RegistrationRefusal.WrongServer, (await Refused()).Reason);
        Assert.Equal(["trust-root"], Service.Calls);
        Assert.Null(Registration.LoadPending());
    }

    [Fact]
    public async Task A_relay_that_repeats_the_trust_root_is_refused_before_it_gets_anything()
    {
        Service.ShownTlsKey = new byte[32];
        var actor = StartActor();
        await Register(actor);

        Assert.Equal(RegistrationRefusal.WrongServer, (await Refused()).Reason);
        Assert.Equal(["trust-root"], Service.Calls);
    }

    [Fact]
    public async Task A_used_token_is_refused_in_plain_words_and_forgotten()
    {
        await Service.Register(
            new ServiceContact(Server, null, new TlsPin(FakeRegistrationService.TlsKey)), RequestOf(9), Token(Organisation), default);
        var actor = StartActor();
        await Register(actor);

        Assert.Equal(new RegistrationState.Refused(RegistrationRefusal.BadToken, "This registration token was used already."), await Refused());
        Assert.Null(Registration.LoadPending());
        // A person may try another.
        await Register(actor, Order() with { Credential = Token(Organisation, 8) });
        await Certified();
    }

    [Fact]
    public async Task A_session_outlives_a_restart_and_is_forgotten_with_the_certificate()
    {
        var session = new LoginSession("a.jwt.x", Protocol.Identity.AccountId.Parse("acme"), Organisation.Trust.Fingerprint.Span);
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        var first = StartActor();
        await Register(first, Order() with { Credential = session, ServerTrust = new ServerTrust.BySystem() });
        var waiting = await Waiting();
        await Stop(first);
        Assert.Equal((session.Reveal(), "system"), (Registration.LoadPending()!.Token, Registration.LoadPending()!.ServerTrust));

        Service.Down = null;
        StartActor();
        await Waiting();
        Advance(waiting.NextAttemptAt!.Value - Context.Now);

        await Certified();
        Assert.Null(Registration.LoadPending());
        Assert.Equal("system", Registration.Load()!.ServerTrust);
    }

    [Fact]
    public async Task The_token_is_in_no_log_line()
    {
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        var order = Order();
        var actor = StartActor();
        await Register(actor, order);
        var waiting = await Waiting();
        Service.Down = null;
        Service.LosesNextAnswer = true;
        Advance(waiting.NextAttemptAt!.Value - Context.Now);
        Advance((await Waiting(attempts: 2)).NextAttemptAt!.Value - Context.Now);
        await Certified();
        // What nobody handles is logged whole.
        actor.Tell(new RegistrationCommands.Register(order).ToString());
        actor.Tell(order);
        Sys.Log.Info("{0}", new RegistrationCommands.Register(order));
        Sys.Log.Info("the end");

        var lines = new List<string>();
        await LogLines.FishForMessageAsync<LogEvent>(e =>
        {
            lines.Add(e.ToString());
            return e.Message.ToString() == "the end";
        });

        Assert.Contains(lines, l => l.Contains("Certified", StringComparison.Ordinal));
        Assert.All(lines, l => Assert.DoesNotContain(order.Credential.Secret, l, StringComparison.Ordinal));
        Assert.All(lines, l => Assert.DoesNotContain("ost1_", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_that_cannot_be_opened_is_said_to_whoever_asks()
    {
        Keys.Locked = "The passphrase is wrong.";
        var actor = StartActor();

        Assert.Equal("The passphrase is wrong.", (await Assert.ThrowsAsync<StorageException>(() => Ask(actor))).Message);
        await Assert.ThrowsAsync<StorageException>(() => Register(actor));
    }

    [Fact]
    public async Task A_certificate_without_its_key_is_not_given_another_key()
    {
        var first = StartActor();
        await Register(first);
        await Certified();
        await Stop(first);
        Keys.Save(Protocol.Identity.SigningKey.Create(new SeededRandom(99)));

        var again = StartActor();

        Assert.Contains("private key", (await Assert.ThrowsAsync<StorageException>(() => Ask(again))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fingerprint_that_was_given_is_kept_for_later_connections()
    {
        var actor = StartActor();
        await Register(actor, Order() with { ServerTrust = new ServerTrust.ByFingerprint(new byte[32]) });
        await Certified();

        Assert.Equal("sha256:" + new string('0', 64), Registration.Load()!.ServerTrust);
    }

    [Fact]
    public async Task A_peers_newer_trust_roots_are_stored_told_and_lead_to_a_renewal_at_once()
    {
        var actor = StartActor();
        await Register(actor);
        var before = await Certified();
        Organisation.Rotate(Start, issuing: true);

        Context.Events.Publish(new RegistrationEvents.TrustRootOffered([Organisation.Trust.Link]));

        var withdrawn = await Certified();
        Assert.True(withdrawn.IsWithdrawn);
        Assert.Equal(PeerTrust.Expired, withdrawn.TrustAt(Start, null));
        Assert.Equal(2u, Registration.Load()!.Trust.Newest.Version);
        // The timer of the renewal is set by the time this is answered.
        await Ask(actor);
        Advance(TimeSpan.FromMilliseconds(1));
        var renewed = await Certified();
        Assert.False(renewed.IsWithdrawn);
        Assert.Equal(PeerTrust.Certified, renewed.TrustAt(Start, null));
        Assert.Equal(before.DeviceId, renewed.DeviceId);
        Assert.Equal([1u, 2u], Registration.Load()!.Trust.Roots.Select(r => r.Version));
    }

    [Fact]
    public async Task A_restart_knows_the_trust_roots_that_were_followed_and_goes_on_with_the_renewal()
    {
        var first = StartActor();
        await Register(first);
        await Certified();
        Organisation.Rotate(Start, issuing: true);
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        Context.Events.Publish(new RegistrationEvents.TrustRootOffered([Organisation.Trust.Link]));
        Assert.True((await Certified()).IsWithdrawn);
        await Stop(first);

        Service.Down = null;
        var again = StartActor();
        Assert.Equal([1u, 2u], (await Certified()).Chain.Roots.Select(r => r.Version));
        await Ask(again);
        Advance(TimeSpan.FromMilliseconds(1));

        Assert.False((await Certified()).IsWithdrawn);
    }

    [Fact]
    public async Task Trust_roots_that_do_not_follow_change_nothing_and_are_logged()
    {
        var actor = StartActor();
        await Register(actor);
        await Certified();
        var other = new TestOrganisation(2, Start);
        other.Rotate(Start);

        Context.Events.Publish(new RegistrationEvents.TrustRootOffered([other.Trust.Link]));

        await LogLines.FishForMessageAsync<Warning>(w => w.ToString().Contains("not signed by a root key of version 1", StringComparison.Ordinal));
        Assert.Equal(1u, (await Ask(actor)).Identity!.Trust.Version);
        Assert.Equal(1u, Registration.Load()!.Trust.Newest.Version);
    }

    [Fact]
    public void A_person_is_warned_while_the_certificate_is_good_for_renewal_only()
    {
        var warnings = new DeviceWarnings();
        var identity = Organisation.Enroll("self");
        var view = new RevocationView(0, null, null, false, 0, null);
        Organisation.Rotate(Start, issuing: true);

        warnings.Note(new RegistrationEvents.Certified(identity with { Chain = Organisation.Chain }));
        Assert.Contains("withdrawn the key", Assert.Single(warnings.Lines(view)), StringComparison.Ordinal);
        warnings.Note(new RegistrationEvents.Certified(Organisation.Enroll("self")));
        Assert.Empty(warnings.Lines(view));
    }

    private IActorRef StartActor() => Sys.ActorOf(RegistrationActor.Props(Context, "My computer", Keys, Registration, Service));

    private static async Task<RegistrationSnapshot> Ask(IActorRef actor) =>
        await actor.Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration());

    private async Task<RegistrationStart> Register(IActorRef actor, RegistrationOrder? order = null) =>
        await actor.Ask<RegistrationStart>(new RegistrationCommands.Register(order ?? Order()));

    private async Task<DeviceIdentity> Certified() => (await Events.FishForMessageAsync<RegistrationEvents.Certified>(_ => true)).Identity;

    private async Task<RegistrationState.Underway> Waiting(int attempts = 1) =>
        (RegistrationState.Underway)(await Events.FishForMessageAsync<RegistrationEvents.RegistrationChanged>(
            e => e.State is RegistrationState.Underway { NextAttemptAt: not null } state && state.Attempts == attempts)).State;

    private async Task<RegistrationState.Refused> Refused() =>
        (RegistrationState.Refused)(await Events.FishForMessageAsync<RegistrationEvents.RegistrationChanged>(e => e.State is RegistrationState.Refused)).State;

    private static RegistrationMessages.RegisterRequest RequestOf(int seed)
    {
        var key = Protocol.Identity.SigningKey.Create(new SeededRandom(seed)).PublicKey;
        return new RegistrationMessages.RegisterRequest(
            Protocol.Identity.DeviceId.FromPublicKey(key.Bytes).ToString(), "acme", Protocol.Identity.Base64Url.Encode(key.Bytes),
            new RegistrationMessages.DeviceMetadata("Other", "linux", "1"), "");
    }
}
