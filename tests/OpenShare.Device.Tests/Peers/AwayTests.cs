using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Peers;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>A peer that was away, or is elsewhere.</summary>
public sealed class AwayTests : PeersKit
{
    private static readonly IPAddress Here = IPAddress.Parse("127.0.0.2"), Elsewhere = IPAddress.Parse("127.0.0.3");

    // Half of what passes before a dial or a link without an answer is given up.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);

    [Fact]
    public async Task A_peer_that_is_heard_again_is_dialled_anew_while_an_earlier_dial_waits_for_an_answer()
    {
        var (a, bob) = (Start("alice", "127.0.0.1"), Organisation.Enroll("bob"));
        using var there = TransportOf(Here).Listen(new IPEndPoint(Here, 0));
        a.Peers.Tell(new PeerCommands.Connect(bob.DeviceId));
        See(a, bob, there.LocalEndPoint.Port, Here);
        await there.AcceptAsync(default).WaitAsync(Patience);
        // What it wants to know of the device beside that is asked once.
        await there.AcceptAsync(default).WaitAsync(Patience);

        var again = there.AcceptAsync(default).WaitAsync(Soon);
        await AwaitAssertAsync(() =>
        {
            a.Context.Events.Publish(new DiscoveryEvents.PeerHeardAgain(bob.DeviceId));
            Assert.True(again.IsCompleted);
        }, Soon, TimeSpan.FromMilliseconds(50));
        await again;
    }

    [Fact]
    public async Task A_link_to_where_the_peer_is_no_more_is_given_up_soon()
    {
        var (a, bob) = (Start("alice", "127.0.0.1"), Organisation.Enroll("bob"));
        var (open, _) = await DialByHand(bob, a);
        using var silent = open.Control;
        await a.Hears<PeerEvents.LinkOpened>();

        See(a, bob, port: 1000, Elsewhere);

        await a.Events.FishForMessageAsync<PeerEvents.LinkClosed>(m => m.End == LinkEnd.Cut, Soon);
    }

    [Fact]
    public async Task A_link_from_where_this_device_is_no_more_is_given_up_soon()
    {
        var (a, bob) = (Start("alice", "127.0.0.1"), Organisation.Enroll("bob"));
        var (open, _) = await DialByHand(bob, a);
        using var silent = open.Control;
        await a.Hears<PeerEvents.LinkOpened>();

        a.Context.Events.Publish(new DiscoveryEvents.OwnAddressLost());

        await a.Events.FishForMessageAsync<PeerEvents.LinkClosed>(m => m.End == LinkEnd.Cut, Soon);
    }

    [Fact]
    public async Task A_link_that_nobody_has_at_the_other_end_is_given_up_soon_where_the_peer_dials_another()
    {
        // What the lower of two has dialled stays.
        var both = new[] { Organisation.Enroll("alice"), Organisation.Enroll("bob") }.OrderBy(i => i.DeviceId).ToList();
        var (a, bob) = (Start(both[0], "127.0.0.1"), both[1]);
        using var there = TransportOf(Here).Listen(new IPEndPoint(Here, 0));
        See(a, bob, there.LocalEndPoint.Port, Here);
        // To learn who is there.
        await there.AcceptAsync(default).WaitAsync(Patience);
        a.Peers.Tell(new PeerCommands.Connect(bob.DeviceId));
        var (connection, hello) = await Opening(there);
        var open = Assert.IsType<HandshakeOutcome.Open>(await new HandshakeRunner(ContextAt(Here), PartyOf(bob)).AnswerAsync(connection, hello, default).WaitAsync(Patience));
        using var silent = open.Control;
        await a.Hears<PeerEvents.LinkOpened>();

        var (another, _) = await DialByHand(bob, a);

        Assert.True(await EndsWithGoodbye(another.Control));
        await a.Events.FishForMessageAsync<PeerEvents.LinkClosed>(m => m.End == LinkEnd.Cut, Soon);
    }

    [Fact]
    public async Task A_link_that_is_cut_again_and_again_and_carries_chunks_each_time_is_dialled_without_a_pause()
    {
        var (a, bob) = (Start("alice", "127.0.0.1"), Organisation.Enroll("bob"));
        using var there = TransportOf(Here).Listen(new IPEndPoint(Here, 0));
        See(a, bob, there.LocalEndPoint.Port, Here);
        // To learn who is there.
        await there.AcceptAsync(default).WaitAsync(Patience);
        a.Peers.Tell(new PeerCommands.Connect(bob.DeviceId));

        // With the pauses between links that come to nothing, fifteen in a row, this takes longer.
        await CutEachTimeAsync().WaitAsync(Patience);

        async Task CutEachTimeAsync()
        {
            for (var i = 0; i < 15; i++)
            {
                var (connection, hello) = await Opening(there);
                var open = Assert.IsType<HandshakeOutcome.Open>(await new HandshakeRunner(ContextAt(Here), PartyOf(bob)).AnswerAsync(connection, hello, default));
                await open.Control.SendAsync(new Control { ChunksAcknowledged = new ChunksAcknowledged() }, default);
                await a.Hears<PeerEvents.ControlReceived>();
                open.Control.Dispose();
            }
        }
    }
}
