using Akka.Actor;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Tests.Revocation;

public sealed class RevocationActorTests : DeviceRig
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DeviceIdentity _self;
    private readonly DeviceIdentity _lost;

    public RevocationActorTests()
    {
        (_self, _lost) = (Organisation.Enroll("self"), Organisation.Enroll("lost"));
        Context.Events.Subscribe<RevocationEvents.RevocationChanged>(Events.Ref);
    }

    [Fact]
    public async Task The_list_on_disk_is_in_force_at_start_without_the_service()
    {
        SaveRegistration();
        Lists.Save(Organisation.Revoke(_lost));
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");

        var actor = StartActor();

        Assert.True((await Changed()).Revokes(_lost.Certificate));
        var view = await View(actor);
        Assert.Equal((1UL, 1, false, null), (view.Version, view.RevokedDevices, view.IsStale, view.CheckedAt));
    }

    [Fact]
    public async Task A_revocation_at_the_service_arrives_by_long_poll_and_is_on_disk_when_announced()
    {
        SaveRegistration();
        var first = Organisation.Revoke();
        Service.Publish(first);
        var actor = StartActor();
        Assert.Equal(1UL, (await Changed()).Version);

        Service.Publish(Organisation.Revoke(_lost));

        Assert.True((await Changed()).Revokes(_lost.Certificate));
        Assert.Equal(2UL, Lists.Load(Organisation.Trust)!.Version);
        Assert.Equal(Context.Now, (await View(actor)).CheckedAt);
    }

    [Fact]
    public async Task What_sponsors_took_back_is_told_to_the_service_each_once_when_that_is_in_reach()
    {
        SaveRegistration();
        StartActor();
        Withdrawal[] withdrawn = [TakenBack("aa"), TakenBack("bb")];
        Context.Events.Publish(new PairingEvents.StandingChanged([], [.. withdrawn]));
        Service.Publish(Organisation.Revoke());
        await AwaitAssertAsync(() => Assert.Equal(withdrawn.Select(w => w.Blob.ToText()), Service.Withdrawals), TimeSpan.FromSeconds(20));

        var third = TakenBack("cc");
        Context.Events.Publish(new PairingEvents.StandingChanged([], [.. withdrawn, third]));
        Service.Publish(Organisation.Revoke(_lost));
        await AwaitAssertAsync(() => Assert.Equal([.. withdrawn.Select(w => w.Blob.ToText()), third.Blob.ToText()], Service.Withdrawals), TimeSpan.FromSeconds(20));

        Withdrawal TakenBack(string digits) => Withdrawal.Create(
            _self.Key, _self.Certificate, string.Concat(Enumerable.Repeat(digits, 32)), Context.Now.AddDays(7));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task News_arrive_as_a_delta_and_where_that_makes_no_list_as_a_whole_one(bool isGood)
    {
        SaveRegistration();
        Lists.Save(Organisation.Revoke());
        var newer = Organisation.Revoke(_lost);
        Service.Delta = new RevocationAnswer.Delta(RevocationDelta.Between(1, [isGood ? _lost.Certificate.DeviceNo : 77], newer), null);
        if (!isGood)
            Service.Publish(newer);
        StartActor();
        await Changed();

        Assert.Equal(newer.Blob, (await Changed()).Blob);
        Assert.Equal(newer.Blob, Lists.Load(Organisation.Trust)!.Blob);
        Assert.Equal(!isGood, Service.Calls.Contains("crl"));
    }

    [Fact]
    public async Task A_clock_set_back_does_not_silence_the_polls_whatever_happens_meanwhile()
    {
        SaveRegistration();
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        var actor = StartActor();
        await Refresh(actor);
        await View(actor);

        Time.Set(TimeSpan.FromHours(-5));
        Context.Events.Publish(new RegistrationEvents.TimeFloorRaised(new Protocol.Identity.TimeFloor(Start)));
        await View(actor);
        var asked = Service.Calls.Count;
        Advance(RevocationMachine.Retry.Longest);

        await AwaitConditionAsync(() => Task.FromResult(Service.Calls.Count > asked), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_device_registered_later_begins_then()
    {
        var actor = StartActor();
        Assert.IsType<RevocationRefresh.NotRegistered>(await Refresh(actor));
        Service.Publish(Organisation.Revoke(_lost));

        SaveRegistration();
        Context.Events.Publish(new RegistrationEvents.Certified(_self));

        Assert.True((await Changed()).Revokes(_lost.Certificate));
    }

    [Fact]
    public async Task A_peers_list_is_judged_as_the_services_is()
    {
        SaveRegistration();
        var older = Organisation.Revoke();
        var held = Organisation.Revoke(_lost);
        var newer = Organisation.Revoke(_lost, _self);
        Lists.Save(held);
        var actor = StartActor();
        await Changed();

        Offer(older);
        Offer(new TestOrganisation(2, Start).Revoke(_self));
        Offer(Organisation.Revoke(), damaged: true);
        Assert.Equal(held.Version, (await View(actor)).Version);
        Offer(newer);

        Assert.Equal(newer.Version, (await Changed()).Version);
        Assert.Equal(newer.Version, Lists.Load(Organisation.Trust)!.Version);
    }

    [Fact]
    public async Task A_service_that_is_down_is_tried_again_and_a_refresh_says_so()
    {
        SaveRegistration();
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        var actor = StartActor();
        Assert.Equal(new RevocationRefresh.ServerUnreachable("Nothing listens there."), await Refresh(actor));
        // Answered once the timer of the next try is set.
        await View(actor);

        Service.Down = null;
        Service.Publish(Organisation.Revoke(_lost));
        Advance(RevocationMachine.Retry.Longest);

        await Changed();
        var refreshed = Assert.IsType<RevocationRefresh.Refreshed>(await Refresh(actor));
        Assert.Equal((false, 1UL, Context.Now), (refreshed.IsNewer, refreshed.List.Version, refreshed.List.CheckedAt));
    }

    [Fact]
    public async Task Whoever_asks_when_the_flow_meets_a_surprise_and_begins_anew_is_answered()
    {
        SaveRegistration();
        var actor = StartActor(RevocationPace.OnDemand);
        Service.Breaks = true;

        Assert.IsType<RevocationRefresh.ServerUnreachable>(await Refresh(actor));
    }

    [Fact]
    public async Task A_list_past_its_next_update_is_used_and_said_to_be_stale()
    {
        SaveRegistration();
        var list = Organisation.Revoke(_lost);
        Lists.Save(list);
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        Advance(TimeSpan.FromDays(2));

        var actor = StartActor();

        Assert.True((await Changed()).Revokes(_lost.Certificate));
        Assert.True((await View(actor)).IsStale);
        await LogLines.FishForMessageAsync<Akka.Event.Warning>(w => w.ToString().Contains("is used on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_of_another_organisation_on_disk_is_discarded()
    {
        Lists.Save(new TestOrganisation(2, Start).Revoke(_lost));
        SaveRegistration();

        var actor = StartActor();

        Assert.Equal(0UL, (await View(actor)).Version);
        Service.Publish(Organisation.Revoke());
        Assert.Equal(1UL, (await Changed()).Version);
    }

    [Fact]
    public async Task On_demand_the_service_is_asked_only_when_a_person_asks()
    {
        SaveRegistration();
        Service.Publish(Organisation.Revoke(_lost));
        var actor = StartActor(RevocationPace.OnDemand);
        Assert.Equal(0UL, (await View(actor)).Version);
        Assert.Empty(Service.Calls);

        Assert.True(Assert.IsType<RevocationRefresh.Refreshed>(await Refresh(actor)).IsNewer);
        Assert.Equal(["trust-root", "crl"], Service.Calls);
    }

    [Fact]
    public async Task A_list_whose_key_was_withdrawn_is_discarded_everybody_is_told_and_a_new_one_is_fetched()
    {
        SaveRegistration();
        var withdrawn = Organisation.Revoke(_lost, _self);
        Service.Publish(withdrawn);
        StartActor();
        Assert.True((await Changed()).Revokes(_self.Certificate));

        Organisation.Rotate(Start, crl: true);
        SaveRegistration();
        Context.Events.Publish(new RegistrationEvents.Certified(_self with { Chain = Organisation.Chain }));

        Assert.Null((await Events.ExpectMsgAsync<RevocationEvents.RevocationChanged>()).List);
        Assert.Null(Lists.Load(Organisation.Trust));
        var list = Organisation.Revoke(_lost);
        Service.Publish(list);
        // It may have asked already and got the withdrawn list once more: then it is asked again when the poll is due.
        await AwaitConditionAsync(() =>
        {
            Advance(RevocationPace.Default.Interval);
            return Task.FromResult(Events.HasMessages);
        });
        Assert.Equal(list.Blob, (await Changed()).Blob);
        Assert.Equal(list.Blob, Lists.Load(Organisation.Trust)!.Blob);
    }

    [Fact]
    public async Task A_list_whose_key_was_withdrawn_while_the_device_was_off_is_not_in_force_at_its_start()
    {
        Lists.Save(Organisation.Revoke(_self));
        Organisation.Rotate(Start, crl: true);
        SaveRegistration();

        var actor = StartActor();

        Assert.Equal(0UL, (await View(actor)).Version);
    }

    [Fact]
    public async Task A_newer_trust_root_that_the_service_shows_is_offered_to_whoever_keeps_it()
    {
        SaveRegistration();
        Organisation.Rotate(Start, issuing: true);
        Context.Events.Subscribe<RegistrationEvents.TrustRootOffered>(Events.Ref);

        StartActor();

        Assert.Equal(
            Organisation.Chain.Roots.Select(r => r.Link),
            (await Events.FishForMessageAsync<RegistrationEvents.TrustRootOffered>(_ => true)).Links);
    }

    private void SaveRegistration() =>
        Registration.Save(new RegistrationRecord(Server, _self.Certificate, Organisation.Chain, Organisation.DiscoveryKeys, null));

    private IActorRef StartActor(RevocationPace? pace = null) =>
        Sys.ActorOf(RevocationActor.Props(Context, Registration, Lists, Service, pace ?? RevocationPace.Default));

    private void Offer(RevocationList list, bool damaged = false)
    {
        var blob = list.Blob.Clone();
        if (damaged)
            blob.Payload = Google.Protobuf.ByteString.CopyFrom([.. blob.Payload.Span, 1]);
        Context.Events.Publish(new PeerEvents.RevocationOffered(_lost.DeviceId, blob));
    }

    private async Task<RevocationList> Changed() => (await Events.ExpectMsgAsync<RevocationEvents.RevocationChanged>()).List!;

    private static async Task<RevocationView> View(IActorRef actor) => await actor.Ask<RevocationView>(new RevocationCommands.GetRevocation(), Patience);

    private static async Task<RevocationRefresh> Refresh(IActorRef actor) => await actor.Ask<RevocationRefresh>(new RevocationCommands.Refresh(), Patience);
}
