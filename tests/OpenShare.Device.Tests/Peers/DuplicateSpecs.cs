using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Peers;

/// <summary>A device id that is announced at two places: whoever is there has to prove that he is it.</summary>
public abstract class DuplicateSpecs : PeersKit
{
    [Fact]
    public async Task A_place_where_somebody_else_answers_is_ignored_and_the_device_is_spoken_with()
    {
        var (a, b, mallory) = (Start("alice", "127.0.4.1"), Start("bob", "127.0.4.2"), Start("mallory", "127.0.4.3"));
        Announce(a, b.Id, PlaceOf(b), PlaceOf(mallory));

        var forged = await a.Hears<PeerEvents.PlacesForged>();
        Assert.Equal((b.Id, PlaceOf(mallory)), (forged.Device, Assert.Single(forged.Places)));
        await a.Hears<PeerEvents.DuplicateSettled>();
        var (atA, _) = await Link(a, b);
        Assert.Equal(b.Id, atA.Device);
    }

    [Fact]
    public async Task A_place_where_nobody_answers_is_ignored()
    {
        var (a, b) = (Start("alice", "127.0.4.1"), Start("bob", "127.0.4.2"));
        Announce(a, b.Id, PlaceOf(b), Nowhere);

        Assert.Equal(Nowhere, Assert.Single((await a.Hears<PeerEvents.PlacesForged>()).Places));
    }

    [Fact]
    public async Task The_device_itself_by_another_name_is_no_copy_of_it()
    {
        var (a, b) = (Start("alice", "127.0.4.1"), Start("bob", "127.0.4.2"));

        Announce(a, b.Id, PlaceOf(b), PlaceOf(b) with { Host = "mallory.local" });

        Assert.IsType<PeerEvents.DuplicateSettled>(await a.Hears<IDeviceEvent>(m => m is PeerEvents.DuplicateSettled or PeerEvents.PlacesForged or PeerEvents.DeviceCloned));
        await Link(a, b);
    }

    [Fact]
    public async Task While_it_is_only_suspected_a_wanted_link_waits_and_is_not_given_up()
    {
        var (a, b) = (Start("alice", "127.0.4.1"), Start("bob", "127.0.4.2"));
        See(a, b);
        Announce(a, b.Id, PlaceOf(b), Nowhere);

        a.Peers.Tell(new PeerCommands.Connect(b.Id));

        Assert.All(await HeardUntil<PeerEvents.LinkOpened>(a), e => Assert.False(e is PeerEvents.LinkFailed { WillRetry: false }, $"{e}"));
    }

    [Fact]
    public async Task A_copied_key_is_told_of_again_after_a_restart()
    {
        var store = new MemoryPeerStore();
        var (a, b) = (Start(Organisation.Enroll("alice", "acme"), "127.0.4.1", store: store), Start("bob", "127.0.4.2"));
        var copy = Start(b.Identity, "127.0.4.3");
        Announce(a, b.Id, PlaceOf(b), PlaceOf(copy));
        await a.Hears<PeerEvents.DeviceCloned>();
        a.Listener.Dispose();

        var again = Start(a.Identity, "127.0.4.1", store: store);

        Assert.Equal("bob", (await again.Hears<PeerEvents.DeviceCloned>()).Name);
    }

    [Fact]
    public async Task A_link_is_a_proof_that_an_announcement_does_not_end()
    {
        var (a, b) = (Start("alice", "127.0.4.1"), Start("bob", "127.0.4.2"));
        await Link(a, b);

        Announce(a, b.Id, PlaceOf(b), Nowhere);

        var heard = await a.Events.FishForMessageAsync<IDeviceEvent>(m => m is PeerEvents.DuplicateSettled or PeerEvents.LinkClosed, Patience);
        Assert.IsType<PeerEvents.DuplicateSettled>(heard);
    }

    [Fact]
    public async Task A_link_that_takes_the_place_of_another_is_a_proof_as_well()
    {
        var (a, b) = (Start("alice", "127.0.4.1"), Start("bob", "127.0.4.2"));
        var quiet = IPAddress.Parse("127.0.4.5");
        using var silent = TransportOf(quiet).Listen(new IPEndPoint(quiet, 0));
        using var first = (await DialByHand(b.Identity, a)).Link.Control;
        await a.Hears<PeerEvents.LinkOpened>();
        Announce(a, b.Id, PlaceOf(b), new PeerPlace("silent.local", silent.LocalEndPoint.Port, [quiet]));

        using var second = (await DialByHand(b.Identity, a)).Link.Control;
        var opened = await a.Hears<PeerEvents.LinkOpened>();

        Assert.DoesNotContain(await HeardUntil<PeerEvents.DuplicateSettled>(a), e => e is PeerEvents.LinkFailed { WillRetry: false } or PeerEvents.LinkClosed);
        a.Peers.Tell(new PeerCommands.TellLinks(), TestActor);
        Assert.Equal(opened.Link, (await ExpectMsgAsync<PeerEvents.LinkOpened>(Patience)).Link);
    }

    [Fact]
    public async Task A_copied_key_ends_the_link_and_is_refused_from_then_on()
    {
        var (a, b) = (Start("alice", "127.0.4.1"), Start("bob", "127.0.4.2"));
        await Link(a, b);
        var copy = Start(b.Identity, "127.0.4.3");

        Announce(a, b.Id, PlaceOf(b), PlaceOf(copy));

        Assert.Equal(2, (await a.Hears<PeerEvents.DeviceCloned>()).Places.Length);
        await a.Hears<PeerEvents.LinkClosed>();
        a.Context.Events.Publish(new DiscoveryEvents.DuplicateEnded(b.Id));
        a.Peers.Tell(new PeerCommands.Connect(b.Id));
        Assert.Equal(LinkRefusal.Duplicate, (await a.Hears<PeerEvents.LinkFailed>()).Problem.Refusal);
    }

    [Fact]
    public async Task A_copied_key_is_refused_until_it_is_resolved_and_that_is_put_to_the_proof()
    {
        var (a, b) = (Start("alice", "127.0.4.1"), Start("bob", "127.0.4.2"));
        var copy = Start(b.Identity, "127.0.4.3");
        Assert.IsType<DuplicateResolution.NotDuplicate>(await Resolve(a, b.Id));
        Announce(a, b.Id, PlaceOf(b), PlaceOf(copy));
        await a.Hears<PeerEvents.DeviceCloned>();

        Assert.Equal(2, Assert.IsType<DuplicateResolution.StillCloned>(await Resolve(a, b.Id)).Places.Length);
        copy.Peers.Tell(new PeerCommands.Stop());
        copy.Listener.Dispose();

        Assert.IsType<DuplicateResolution.Resolved>(await Resolve(a, b.Id));
        await Link(a, b);
    }

    [Fact]
    public async Task A_device_is_told_that_its_own_key_was_copied()
    {
        var (a, b) = (Start("alice", "127.0.4.1"), Start("bob", "127.0.4.2"));
        var copy = Start(b.Identity, "127.0.4.3");

        Announce(b, b.Id, PlaceOf(b), PlaceOf(copy));

        Assert.Equal((b.Id, "bob"), await b.Hears<PeerEvents.DeviceCloned>() is var cloned ? (cloned.Device, cloned.Name) : default);
    }

    [Fact]
    public async Task A_device_is_not_refused_its_own_peers_since_somebody_announces_its_id()
    {
        var (a, b, mallory) = (Start("alice", "127.0.4.1"), Start("bob", "127.0.4.2"), Start("mallory", "127.0.4.3"));

        Announce(b, b.Id, PlaceOf(b), PlaceOf(mallory));

        Assert.Equal(PlaceOf(mallory), Assert.Single((await b.Hears<PeerEvents.PlacesForged>()).Places));
        await Link(b, a);
    }

    private static async Task<List<IDeviceEvent>> HeardUntil<T>(Side side) where T : IDeviceEvent
    {
        List<IDeviceEvent> heard = [];
        await side.Hears<IDeviceEvent>(e => { heard.Add(e); return e is T; });
        return heard;
    }

    private static PeerPlace Nowhere => new("nowhere.local", 9, [IPAddress.Parse("127.0.4.99")]);

    private static PeerPlace PlaceOf(Side side) => new($"{side.Address.Address}.local", side.Address.Port, [side.Address.Address]);

    private static void Announce(Side at, DeviceId device, params PeerPlace[] places) =>
        at.Context.Events.Publish(new DiscoveryEvents.DuplicateDevice(device, [.. places]));

    private static Task<DuplicateResolution> Resolve(Side at, DeviceId device) =>
        at.Peers.Ask<DuplicateResolution>(new PeerCommands.ResolveDuplicate(device), Patience);
}

public sealed class TcpDuplicateSpecs : DuplicateSpecs
{
    private protected override ITransport TransportOf(IPAddress address) => new TcpTransport();
}

public sealed class MemoryDuplicateSpecs : DuplicateSpecs
{
    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);
}
