using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Tests.Registration;

/// <summary>The account's discovery key changes: how a device learns of it, keeps it, and goes by it.</summary>
public sealed class DiscoveryKeyTests : DeviceRig
{
    private readonly DeviceIdentity _self;

    public DiscoveryKeyTests()
    {
        Context.Events.Subscribe<RegistrationEvents.Certified>(Events.Ref);
        _self = Organisation.Enroll("self");
        Keys.Save((SigningKey)_self.Key);
        Registration.Save(new RegistrationRecord(Server, _self.Certificate, Organisation.Chain, Organisation.DiscoveryKeys, null));
    }

    [Fact]
    public async Task With_a_revocation_list_the_service_is_asked_and_the_newer_key_is_kept_and_announced_beside_the_one_before()
    {
        var actor = await StartActor();
        Organisation.Rekey();

        await HearOfList(actor);

        var identity = await Certified(2);
        Assert.Equal((Organisation.DiscoveryKeys.Hash, _self.DiscoveryKeys.Hash), (identity.DiscoveryKeys.Hash, identity.DiscoveryKeys.PreviousHash!.Value));
        Assert.Equal(["trust-root", "challenge", "discovery-key"], Service.Calls);
        AssertKept(2);
    }

    [Fact]
    public async Task What_a_peer_hands_on_is_kept_and_announced_and_so_after_a_restart()
    {
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        var actor = await StartActor();

        Offer(Organisation.Rekey());

        await Certified(2);
        AssertKept(2);
        await Stop(actor);
        await StartActor(version: 2);
    }

    [Fact]
    public async Task An_older_key_and_one_of_somebody_else_change_nothing_and_the_latter_is_logged()
    {
        var older = Organisation.IssueKey(1);
        Organisation.Rekey();
        Registration.SaveDiscoveryKeys(Organisation.DiscoveryKeys);
        var actor = await StartActor(version: 2);

        Offer(older);
        Offer(Organisation.IssueKey(3, account: "other"));
        Offer(new TestOrganisation(9, Start).IssueKey(3));

        await LogLines.FishForMessageAsync<Warning>(w => $"{w.Message}".Contains("of the account other", StringComparison.Ordinal));
        await LogLines.FishForMessageAsync<Warning>(w => $"{w.Message}".Contains("is not signed by a key", StringComparison.Ordinal));
        Assert.Equal(2u, (await Ask(actor)).Identity!.DiscoveryKeys.Version);
        AssertKept(2);
        Assert.False(Events.HasMessages);
    }

    [Fact]
    public async Task A_service_that_gives_an_older_key_takes_none_away()
    {
        var older = Organisation.DiscoveryKeys.Issue;
        Organisation.Rekey();
        Registration.SaveDiscoveryKeys(Organisation.DiscoveryKeys);
        Service.GivenKey = older;
        var actor = await StartActor(version: 2);

        await HearOfList(actor);

        await Called("discovery-key");
        Assert.Equal(2u, (await Ask(actor)).Identity!.DiscoveryKeys.Version);
        AssertKept(2);
    }

    [Fact]
    public async Task A_service_that_is_down_is_asked_until_it_is_back()
    {
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        var actor = await StartActor();
        Organisation.Rekey();
        await HearOfList(actor);
        for (var i = 0; i < 5; i++)
        {
            await Ask(actor);
            Advance(DiscoveryKeyMachine.Retry.Longest);
        }
        Assert.True(Service.Calls.Count > 2);

        Service.Down = null;
        await Ask(actor);
        Advance(DiscoveryKeyMachine.Retry.Longest);

        await Certified(2);
    }

    [Fact]
    public async Task A_question_without_an_answer_yet_is_asked_again_by_an_actor_that_was_started_anew()
    {
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        var actor = await StartActor();
        Organisation.Rekey();
        await HearOfList(actor);
        // The question must meet the service that is down, or its answer comes before the restart.
        await Called("trust-root");
        Service.Down = null;

        actor.Tell(Kill.Instance);

        await Certified(1);
        await Ask(actor);
        Advance(DiscoveryKeyMachine.Spread);
        await Certified(2);
    }

    [Fact]
    public async Task A_device_that_the_service_calls_revoked_asks_no_more_and_keeps_what_it_has()
    {
        var actor = await StartActor();
        Organisation.Rekey();
        Service.RefusesKey = new ServiceFailure.Refused(403, RegistrationProblems.DeviceRevoked, "Revoked.");
        await HearOfList(actor);
        await Called("discovery-key");
        var calls = Service.Calls.Count;

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(1u, (await Ask(actor)).Identity!.DiscoveryKeys.Version);
            Advance(DiscoveryKeyMachine.Retry.Longest);
        }

        Assert.Equal(calls, Service.Calls.Count);
        AssertKept(1);
    }

    [Fact]
    public async Task A_home_whose_key_came_unsigned_gets_it_signed_and_is_announced_as_before()
    {
        Registration.SaveDiscoveryKeys(DiscoveryKeys.Unsigned(_self.DiscoveryKeys.Current));
        var actor = await StartActor(version: 0);

        await HearOfList(actor);

        var keys = (await Certified(1)).DiscoveryKeys;
        Assert.Equal((_self.DiscoveryKeys.Hash, null), (keys.Hash, keys.PreviousHash));
    }

    [Fact]
    public async Task The_key_is_in_no_log_line()
    {
        var actor = await StartActor();
        Organisation.Rekey();
        await HearOfList(actor);
        await Certified(2);
        Offer(Organisation.IssueKey(3, account: "other"));
        await Ask(actor);
        // Its last messages are for nobody, and such are logged.
        await Stop(actor);
        actor.Tell(new PeerEvents.DiscoveryKeyOffered(_self.DeviceId, Organisation.DiscoveryKeys.Issue!));
        actor.Tell(new RegistrationEvents.Certified(_self));

        var lines = string.Join('\n', LogLines.ReceiveWhile(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(500), m => $"{m} {(m as LogEvent)?.Message}"));

        var key = Organisation.DiscoveryKeys.Issue!;
        Assert.Contains("announced under discovery key 2 of acme", lines, StringComparison.Ordinal);
        Assert.All(
            new[] { Convert.ToHexString(key.Secret.Span), Convert.ToBase64String(key.Secret.Span), Base64Url.Encode(key.Secret.Span), Convert.ToBase64String(key.Blob.Payload.Span)[..40] },
            secret => Assert.DoesNotContain(secret, lines, StringComparison.OrdinalIgnoreCase));
    }

    private async Task<IActorRef> StartActor(uint version = 1)
    {
        var actor = CreateTestProbe().ChildActorOf(
            RegistrationActor.Props(Context, "Default", Keys, Registration, Service), new OneForOneStrategy(_ => Directive.Restart));
        await Certified(version);
        return actor;
    }

    /// <summary>A newer list is in force, and the pause before the question is over.</summary>
    private async Task HearOfList(IActorRef actor)
    {
        Context.Events.Publish(new RevocationEvents.RevocationChanged(Organisation.Revoke()));
        await Ask(actor);
        Advance(DiscoveryKeyMachine.Spread);
    }

    private void Offer(DiscoveryKey key) => Context.Events.Publish(new PeerEvents.DiscoveryKeyOffered(_self.DeviceId, key));

    private Task Called(string call) => AwaitAssertAsync(() => Assert.Contains(call, Service.Calls), TimeSpan.FromSeconds(10));

    private async Task<DeviceIdentity> Certified(uint version) =>
        (await Events.FishForMessageAsync<RegistrationEvents.Certified>(m => m.Identity.DiscoveryKeys.Version == version, TimeSpan.FromSeconds(10))).Identity;

    private static async Task<RegistrationSnapshot> Ask(IActorRef actor) => await actor.Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration());

    private void AssertKept(uint version)
    {
        var kept = Registration.Load()!.DiscoveryKeys;
        Assert.Equal((version, Organisation.DiscoveryKeys.Version == version), (kept.Version, kept.Hash == Organisation.DiscoveryKeys.Hash));
        Assert.Equal(version == 1 ? null : _self.DiscoveryKeys.Hash, kept.PreviousHash);
    }
}
