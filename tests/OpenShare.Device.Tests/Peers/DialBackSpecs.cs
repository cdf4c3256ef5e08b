using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Peers;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>A device asks over a link whether the other can connect to it.</summary>
public sealed class DialBackSpecs : PeersKit
{
    private readonly MemoryNetwork _network = new();

    [Fact]
    public async Task A_peer_that_can_connect_says_so_whichever_side_dialled()
    {
        var (a, b) = (Start("alice", "10.77.0.1"), Start("bob", "10.77.0.2"));
        await Link(a, b);

        Assert.Equal(DialBackOutcome.Reached, await Ask(a, b, a.Address.Port));
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_not_reached()
    {
        var (a, b) = (Start("alice", "10.77.0.1"), Start("bob", "10.77.0.2"));
        await Link(a, b);
        var unused = FreePort(a);

        Assert.Equal(DialBackOutcome.NotReached, await Ask(a, b, unused));
    }

    /// <summary>How soon it is said would tell a port that refuses from one that is filtered.</summary>
    [Fact]
    public async Task That_nothing_came_of_it_is_said_when_its_time_is_over_and_no_sooner()
    {
        var (a, b) = (Start("alice", "10.77.0.1"), Start("bob", "10.77.0.2"));
        await Link(a, b);
        var started = Stopwatch.StartNew();

        Assert.Equal(DialBackOutcome.NotReached, await Ask(a, b, FreePort(a)));

        Assert.InRange(started.Elapsed, DialBackGate.Patience * 0.9, Patience);
    }

    [Fact]
    public async Task A_peer_on_this_very_host_is_not_tried()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        await Link(a, b);

        Assert.Equal(DialBackOutcome.NotTried, await Ask(a, b, a.Address.Port));
    }

    [Fact]
    public async Task A_port_that_swallows_everything_is_given_up_within_seconds()
    {
        var (a, b) = (Start("alice", "10.77.0.1"), Start("bob", "10.77.0.2"));
        using var swallows = a.Context.Transport.Listen(new IPEndPoint(a.Address.Address, 0));
        await Link(a, b);

        Assert.Equal(DialBackOutcome.NotReached, await Ask(a, b, swallows.LocalEndPoint.Port));
    }

    [Fact]
    public async Task A_port_where_another_device_answers_is_not_reached()
    {
        var (a, b, c) = (Start("alice", "10.77.0.1"), Start("bob", "10.77.0.2"), Start("carol", "10.77.0.1"));
        await Link(a, b);

        Assert.Equal(DialBackOutcome.NotReached, await Ask(a, b, c.Address.Port));
    }

    [Fact]
    public async Task Who_asks_again_at_once_is_told_that_nothing_was_tried()
    {
        var (a, b) = (Start("alice", "10.77.0.1"), Start("bob", "10.77.0.2"));
        await Link(a, b);

        Assert.Equal(DialBackOutcome.Reached, await Ask(a, b, a.Address.Port));
        Assert.Equal(DialBackOutcome.NotTried, await Ask(a, b, a.Address.Port));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_536)]
    [InlineData(-1)]
    public async Task What_is_no_port_is_not_tried(int port)
    {
        var (a, b) = (Start("alice", "10.77.0.1"), Start("bob", "10.77.0.2"));
        await Link(a, b);

        Assert.Equal(DialBackOutcome.NotTried, await Ask(a, b, port));
    }

    [Fact]
    public async Task Where_it_does_not_listen_over_the_links_family_it_does_not_ask()
    {
        var (a, b) = (Start("alice", "10.77.0.1"), Start("bob", "10.77.0.2"));
        await Link(a, b);

        Assert.Equal(DialBackOutcome.Unknown, await a.Peers.Ask<DialBackOutcome>(new PeerCommands.AskDialBack(b.Id, a.Address.Port, AddressFamily.InterNetworkV6), Patience));
        Assert.Equal(DialBackOutcome.Reached, await a.Peers.Ask<DialBackOutcome>(new PeerCommands.AskDialBack(b.Id, a.Address.Port, AddressFamily.InterNetwork), Patience));
    }

    [Fact]
    public async Task Without_a_link_there_is_nobody_to_ask()
    {
        var (a, b) = (Start("alice", "10.77.0.1"), Start("bob", "10.77.0.2"));

        Assert.Equal(DialBackOutcome.NoLink, await Ask(a, b, a.Address.Port));
    }

    [Fact]
    public async Task A_link_that_ends_leaves_no_asker_waiting()
    {
        var (a, bob) = (Start("alice", "10.77.0.1"), Organisation.Enroll("bob"));
        // Somebody at the other end who never answers.
        var (link, _) = await DialByHand(bob, a);
        await a.Hears<PeerEvents.LinkOpened>();
        var asked = a.Peers.Ask<DialBackOutcome>(new PeerCommands.AskDialBack(bob.DeviceId, a.Address.Port), Patience);
        Assert.Equal(1u, (await WantedOn(link.Control)).Id);

        link.Control.Dispose();

        Assert.Equal(DialBackOutcome.Unknown, await asked);
    }

    [Fact]
    public async Task An_answer_that_nobody_asked_for_changes_nothing()
    {
        var (a, bob) = (Start("alice", "10.77.0.1"), Organisation.Enroll("bob"));
        var (link, _) = await DialByHand(bob, a);
        await a.Hears<PeerEvents.LinkOpened>();

        await link.Control.SendAsync(new Control { DialBackAnswer = new DialBackAnswer { Id = 99, Outcome = DialBackAnswer.Types.Outcome.Reached } }, default);

        var asked = a.Peers.Ask<DialBackOutcome>(new PeerCommands.AskDialBack(bob.DeviceId, a.Address.Port), Patience);
        var wanted = await WantedOn(link.Control);
        await link.Control.SendAsync(new Control { DialBackAnswer = new DialBackAnswer { Id = wanted.Id, Outcome = DialBackAnswer.Types.Outcome.NotReached } }, default);
        Assert.Equal(DialBackOutcome.NotReached, await asked);
    }

    private static Task<DialBackOutcome> Ask(Side a, Side b, int port) =>
        a.Peers.Ask<DialBackOutcome>(new PeerCommands.AskDialBack(b.Id, port), Patience);

    private static async Task<DialBackWanted> WantedOn(SecureStream stream)
    {
        while (await stream.ReceiveAsync(default).AsTask().WaitAsync(Patience) is Inbound.Message { Control: var message })
        {
            if (message.KindCase == Control.KindOneofCase.DialBackWanted)
                return message.DialBackWanted;
        }
        throw new InvalidOperationException("The link ended.");
    }

    private static int FreePort(Side side)
    {
        using var listener = side.Context.Transport.Listen(new IPEndPoint(side.Address.Address, 0));
        return listener.LocalEndPoint.Port;
    }

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);
}
