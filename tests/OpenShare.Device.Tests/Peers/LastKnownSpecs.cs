using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Peers;
using OpenShare.Device.Revocation;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery;

namespace OpenShare.Device.Tests.Peers;

/// <summary>Devices that no announcement tells of are dialled where they were last reached.</summary>
public abstract class LastKnownSpecs : PeersKit
{
    private protected static readonly DiscoveryEvents.LadderChanged Alone = new([new RungView(FoundBy.Mdns, "lan", RungState.Nobody), new RungView(FoundBy.Broadcast, "lan", RungState.Nobody)]);

    [Fact]
    public async Task Where_nobody_is_heard_a_known_device_is_found_at_its_last_address()
    {
        var (a, b) = await Met();

        a.Context.Events.Publish(Alone with { SearchStarted = a.Context.Steady - TimeSpan.FromMinutes(1) });

        var sighted = await a.Hears<DiscoveryEvents.PeerSighted>(s => s.Sighting.FoundBy == FoundBy.LastKnown);
        Assert.InRange(sighted.Sighting.Latency, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1) + Patience);
        Assert.Equal((b.Id, b.Address), (sighted.Sighting.DeviceId, Assert.Single(sighted.Sighting.Place.EndPoints)));
        var view = Assert.Single(await Peers(a));
        Assert.Equal((b.Address, FoundBy.LastKnown, PeerTrust.Certified), (view.Address, view.FoundBy, view.Trust));
        Assert.Equal(RungState.Found, (await a.Hears<DiscoveryEvents.RungChanged>(r => r.State == RungState.Found)).State);
    }

    [Fact]
    public async Task Where_it_does_not_answer_there_that_is_said()
    {
        var (a, b) = await Met();
        b.Peers.Tell(new PeerCommands.Stop());
        b.Listener.Dispose();

        a.Context.Events.Publish(Alone);

        await a.Hears<DiscoveryEvents.RungChanged>(r => r is { Way: FoundBy.LastKnown, State: RungState.Nobody });
        Assert.Null(Assert.Single(await Peers(a)).Address);
    }

    [Fact]
    public async Task Whoever_announces_a_device_that_is_not_there_does_not_end_the_search()
    {
        var (a, b) = await Met();

        See(a, Organisation.Enroll("nobody", "acme"), 9, IPAddress.Parse("127.0.5.9"));

        await a.Hears<DiscoveryEvents.PeerSighted>(s => s.Sighting.FoundBy == FoundBy.LastKnown);
        Assert.Equal(b.Address, (await Peers(a)).Single(p => p.DeviceId == b.Id).Address);
    }

    [Fact]
    public async Task A_known_device_that_somebody_asks_for_is_found_though_others_are_heard()
    {
        var (a, b) = await Met();

        a.Peers.Tell(new PeerCommands.LookFor(b.Id));

        await a.Hears<DiscoveryEvents.PeerSighted>(s => s.Sighting.FoundBy == FoundBy.LastKnown);
    }

    /// <summary>A wall may be between the two that is not between others.</summary>
    [Fact]
    public async Task A_known_device_is_found_though_others_are_heard_and_nobody_asks_for_it()
    {
        var (a, b) = await Met();

        a.Context.Events.Publish(new DiscoveryEvents.LadderChanged([new RungView(FoundBy.Mdns, "lan", RungState.Found)]));

        var sighted = await a.Hears<DiscoveryEvents.PeerSighted>(s => s.Sighting.FoundBy == FoundBy.LastKnown);
        Assert.Equal(b.Id, sighted.Sighting.DeviceId);
    }

    /// <summary>Nobody hears its goodbye: who is found so is gone the moment its link is.</summary>
    [Fact]
    public async Task One_whose_link_ends_is_seen_no_more_once_it_does_not_answer()
    {
        var (a, b) = await Found();
        a.Peers.Tell(new PeerCommands.Connect(b.Id));
        await a.Hears<PeerEvents.LinkOpened>();

        b.Listener.Dispose();
        b.Peers.Tell(new PeerCommands.Stop());

        await a.Hears<DiscoveryEvents.PeerLost>(l => l.DeviceId == b.Id);
        Assert.Null(Assert.Single(await Peers(a)).Address);
    }

    [Fact]
    public async Task Nor_is_one_that_nobody_reaches_for_a_link()
    {
        var (a, b) = await Found();
        b.Listener.Dispose();
        b.Peers.Tell(new PeerCommands.Stop());

        a.Peers.Tell(new PeerCommands.Connect(b.Id));

        await a.Hears<DiscoveryEvents.PeerLost>(l => l.DeviceId == b.Id);
    }

    /// <summary>Who asks is told that it was refused, and not that nobody is there.</summary>
    [Fact]
    public async Task One_that_refuses_this_device_is_there_still()
    {
        var (a, b) = await Found();
        a.Peers.Tell(new PeerCommands.Connect(b.Id));
        await a.Hears<PeerEvents.LinkOpened>();
        a.Peers.Tell(new PeerCommands.Release(b.Id));

        b.Context.Events.Publish(new RevocationEvents.RevocationChanged(Organisation.Revoke(a.Identity)));

        // On its link, and where it asks whether b is there still.
        await b.Hears<PeerEvents.PeerRefused>();
        await b.Hears<PeerEvents.PeerRefused>();
        a.Peers.Tell(new PeerCommands.Connect(b.Id));
        await a.Hears<PeerEvents.LinkFailed>(f => f.Problem.Refusal == LinkRefusal.Revoked);
        Assert.Equal(b.Address, Assert.Single(await Peers(a)).Address);
    }

    // Seen where it was, and announced by nobody.
    private async Task<(Side A, Side B)> Found()
    {
        var (a, b) = await Met();
        a.Peers.Tell(new PeerCommands.LookFor(b.Id));
        await a.Hears<DiscoveryEvents.PeerSighted>(s => s.Sighting.FoundBy == FoundBy.LastKnown);
        return (a, b);
    }

    // Proven once, and lost from sight.
    private async Task<(Side A, Side B)> Met()
    {
        var (a, b) = (Start("alice", "127.0.5.1"), Start("bob", "127.0.5.2"));
        See(a, b);
        await a.Hears<PeerEvents.PeerProven>();
        a.Context.Events.Publish(new DiscoveryEvents.PeerLost(b.Id));
        return (a, b);
    }

    private protected static Task<ImmutableArray<PeerView>> Peers(Side side) => side.Peers.Ask<ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), Patience);
}

public sealed class TcpLastKnownSpecs : LastKnownSpecs
{
    private protected override ITransport TransportOf(IPAddress address) => new TcpTransport();
}

public sealed class MemoryLastKnownSpecs : LastKnownSpecs
{
    private readonly MemoryNetwork _network = new();

    // Here a device dials from its own address, and nobody has to be asked where that is.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whom_it_came_to_finds_it_where_it_said_that_it_listens(bool isLink)
    {
        var (a, b) = (Start("alice", "127.0.5.1"), Start("bob", "127.0.5.2"));
        b.Context.Events.Publish(Alone);
        See(a, b);
        if (isLink)
            a.Peers.Tell(new PeerCommands.Connect(b.Id));

        var sighted = await b.Hears<DiscoveryEvents.PeerSighted>(s => s.Sighting.FoundBy == FoundBy.LastKnown);

        Assert.Equal((a.Id, a.Address), (sighted.Sighting.DeviceId, Assert.Single(sighted.Sighting.Place.EndPoints)));
        Assert.Equal(a.Address, Assert.Single(await Peers(b)).Address);
    }

    /// <summary>It has another address since, and nobody hears it: what is new is tried first.</summary>
    [Fact]
    public async Task A_known_device_that_moved_unheard_is_found_where_it_came_from()
    {
        var store = new MemoryPeerStore();
        var (alice, bob) = (Organisation.Enroll("alice", "acme"), Organisation.Enroll("bob", "acme"));
        var (a, b) = (Start(alice, "127.0.5.1"), Start(bob, "127.0.5.2", store: store));
        See(b, a);
        await b.Hears<PeerEvents.PeerProven>();
        b.Context.Events.Publish(new DiscoveryEvents.PeerLost(a.Id));
        a.Listener.Dispose();
        var moved = Start(alice, "127.0.5.3");
        b.Context.Events.Publish(Alone);

        See(moved, b);

        var sighted = await b.Hears<DiscoveryEvents.PeerSighted>(s => s.Sighting.Place.EndPoints.Contains(moved.Address));
        Assert.Equal(FoundBy.LastKnown, sighted.Sighting.FoundBy);
        Assert.Equal(moved.Address, store.Find(a.Id)!.Endpoints[0]);
    }

    /// <summary>While it is taken to be where it was: what is dialled is where it came from last.</summary>
    [Fact]
    public async Task One_that_moves_unheard_while_it_is_seen_is_found_where_it_went()
    {
        var (alice, bob) = (Organisation.Enroll("alice", "acme"), Organisation.Enroll("bob", "acme"));
        var (a, b) = (Start(alice, "127.0.5.1"), Start(bob, "127.0.5.2"));
        b.Context.Events.Publish(Alone);
        See(a, b);
        await b.Hears<DiscoveryEvents.PeerSighted>(s => s.Sighting.Place.EndPoints.Contains(a.Address));
        a.Listener.Dispose();
        var moved = Start(alice, "127.0.5.3");
        See(moved, b);
        await b.Hears<PeerEvents.ListeningTold>(t => t.Place.Equals(moved.Address));

        b.Peers.Tell(new PeerCommands.Connect(a.Id));

        await b.Hears<DiscoveryEvents.PeerSighted>(s => s.Sighting.Place.EndPoints.Contains(moved.Address));
        await b.Hears<PeerEvents.LinkOpened>();
    }

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);
}
