using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Network.Observing;

namespace OpenShare.Simulation.Tests.Network;

public sealed class MulticastTests
{
    private static readonly byte[] Packet = "packet"u8.ToArray();

    [Fact]
    public void A_packet_is_heard_by_all_after_the_latency_and_by_its_sender_at_once()
    {
        var world = new NetworkWorld();
        var (a, b, c) = (Ear.On(world, "a"), Ear.On(world, "b"), Ear.On(world, "c"));
        a.Send();
        world.RunFor(100);

        Assert.Equal([0.02], a.HeardAt);
        Assert.Equal([10], b.HeardAt);
        Assert.Equal([10], c.HeardAt);
        Assert.Equal(new IPEndPoint(a.Host.Address, MdnsMachine.Port), b.Datagrams[0].Packet.From);
        Assert.Equal(Packet, b.Datagrams[0].Packet.Bytes.ToArray());
        Assert.Equal(1, world.Network.Datagrams.PacketsSent);
        Assert.Equal(3, world.Network.Datagrams.PacketsDelivered);
        Assert.Equal(18, world.Network.Datagrams.BytesDelivered);
    }

    [Fact]
    public void An_answer_to_one_is_heard_by_one()
    {
        var world = new NetworkWorld();
        var (a, b, c) = (Ear.On(world, "a"), Ear.On(world, "b"), Ear.On(world, "c"));
        a.Send(new IPEndPoint(b.Host.Address, MdnsMachine.Port));
        world.RunFor(100);

        Assert.Empty(a.HeardAt);
        Assert.Equal([10], b.HeardAt);
        Assert.Empty(c.HeardAt);
    }

    [Fact]
    public void Where_multicast_is_blocked_a_host_hears_itself_and_answers_to_one_pass()
    {
        var world = new NetworkWorld(NetworkWorld.FiveMilliseconds with { MulticastBlocked = true });
        var (a, b) = (Ear.On(world, "a"), Ear.On(world, "b"));
        a.Send();
        a.Send(new IPEndPoint(b.Host.Address, MdnsMachine.Port));
        world.RunFor(100);

        Assert.Single(a.HeardAt);
        Assert.Single(b.HeardAt);
        Assert.Equal([DropReason.Blocked], world.Drops);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_host_s_block_works_both_ways(bool broadcast)
    {
        var world = new NetworkWorld();
        var medium = broadcast ? DiscoveryMedium.Broadcast : DiscoveryMedium.Multicast;
        var (a, b, c) = (Ear.On(world, "a"), Ear.On(world, "b"), Ear.On(world, "c"));
        b.Host.Conditions = NetworkWorld.FiveMilliseconds with { MulticastBlocked = !broadcast, BroadcastBlocked = broadcast };
        a.Send(medium: medium);
        b.Send(medium: medium);
        world.RunFor(100);

        Assert.Single(a.HeardAt);
        Assert.Single(b.HeardAt);
        Assert.Single(c.HeardAt);
    }

    [Fact]
    public void While_the_link_is_down_a_packet_is_lost_and_the_interface_is_gone()
    {
        var world = new NetworkWorld();
        var (a, b) = (Ear.On(world, "a"), Ear.On(world, "b"));
        b.Host.LinkDown();
        Assert.Equal(1, b.Changes);
        a.Send();
        world.RunFor(100);
        Assert.Empty(b.HeardAt);
        Assert.Empty(b.Port.Refresh(null).Usable);
        Assert.NotNull(b.Port.Send(1, DiscoveryMedium.Multicast, Packet, null));

        b.Host.LinkUp();
        Assert.Equal(2, b.Changes);
        Assert.Single(b.Port.Refresh(null).Usable);
        a.Send();
        world.RunFor(5);
        b.Host.LinkDown();
        world.RunFor(100);
        Assert.Empty(b.HeardAt);
        Assert.Equal([DropReason.Unreachable, DropReason.Unreachable], world.Drops);
    }

    [Fact]
    public void A_host_that_moves_is_told_and_shows_its_new_address()
    {
        var world = new NetworkWorld();
        var (a, b) = (Ear.On(world, "a"), Ear.On(world, "b"));
        a.Host.MoveTo(NetworkWorld.Address(9));

        Assert.Equal(1, a.Changes);
        Assert.Equal(NetworkWorld.Address(9), Assert.Single(a.Port.Refresh(null).Usable[0].Addresses));
        a.Send();
        world.RunFor(100);
        Assert.Equal(NetworkWorld.Address(9), b.Datagrams[0].Packet.From.Address);
    }

    [Fact]
    public void Segments_and_partitions_do_not_hear_each_other()
    {
        var world = new NetworkWorld();
        var (a, b, c) = (Ear.On(world, "a"), Ear.On(world, "b"), Ear.On(world, "c"));
        c.Host.MoveTo(world.Network.Segment("other", NetworkWorld.FiveMilliseconds), NetworkWorld.Address(1));
        world.Network.Partition([a.Host], [b.Host]);
        a.Send();
        world.RunFor(100);

        Assert.Empty(b.HeardAt);
        Assert.Empty(c.HeardAt);
    }

    [Fact]
    public void Each_receiver_loses_and_doubles_on_its_own()
    {
        var world = new NetworkWorld(new LinkConditions { Loss = 0.1, Duplication = 0.1 });
        var ears = Enumerable.Range(0, 20).Select(i => Ear.On(world, $"host-{i}")).ToList();
        for (var i = 0; i < 200; i++)
        {
            ears[0].Send();
            world.RunFor(10);
        }

        // 81 % get over both links, and 19 % of those come twice.
        Assert.All(ears[1..], e => Assert.InRange(e.HeardAt.Count / 200.0, 0.81 * 1.19 - 0.12, 0.81 * 1.19 + 0.12));
        Assert.InRange(ears[1..].Average(e => e.HeardAt.Count / 200.0), 0.81 * 1.19 - 0.02, 0.81 * 1.19 + 0.02);
        Assert.Equal(200, ears[0].HeardAt.Count);
        Assert.True(ears[1..].Select(e => string.Join(' ', e.HeardAt)).Distinct().Count() > 15);
    }

    [Fact]
    public void A_packet_may_overtake_another()
    {
        var world = new NetworkWorld(NetworkWorld.FiveMilliseconds with { Reordering = 1, ReorderingDelay = TimeSpan.FromMilliseconds(15) });
        var (a, b) = (Ear.On(world, "a"), Ear.On(world, "b"));
        a.Port.Send(1, DiscoveryMedium.Multicast, new byte[1], null);
        world.Segment.Conditions = NetworkWorld.FiveMilliseconds;
        a.Port.Send(1, DiscoveryMedium.Multicast, new byte[2], null);
        world.RunFor(100);

        Assert.Equal([2, 1], b.Datagrams.Select(d => d.Packet.Bytes.Length));
        Assert.Equal([10, 25], b.HeardAt);
    }

    [Fact]
    public void A_receiver_that_is_busy_gets_no_more_than_256()
    {
        var world = new NetworkWorld();
        var (a, b) = (Ear.On(world, "a"), Ear.On(world, "b", isBusy: true));
        for (var i = 0; i < 300; i++)
            a.Send();
        world.RunFor(100);
        Assert.Equal(256, b.HeardAt.Count);

        b.Port.Release();
        a.Send();
        world.RunFor(100);
        Assert.Equal(257, b.HeardAt.Count);
        Assert.Equal(44, world.Drops.Count(d => d == DropReason.ReceiverFull));
    }

    [Fact]
    public void A_dead_process_s_port_does_nothing()
    {
        var world = new NetworkWorld();
        var (a, b) = (Ear.On(world, "a"), Ear.On(world, "b"));
        b.Host.Kill();
        a.Send();
        Assert.NotNull(b.Port.Send(1, DiscoveryMedium.Multicast, Packet, null));
        Assert.Empty(b.Port.Refresh(null).Usable);
        b.Host.LinkDown();
        b.Port.Dispose();
        world.RunFor(100);

        Assert.Empty(b.HeardAt);
        Assert.Equal(0, b.Changes);
        Assert.Single(a.HeardAt);
    }

    [Fact]
    public void A_datagram_waits_for_the_link_like_everything_else()
    {
        var world = new NetworkWorld(NetworkWorld.FiveMilliseconds with { BytesPerSecond = 1_000 });
        var (a, b) = (Ear.On(world, "a"), Ear.On(world, "b"));
        a.Port.Send(1, DiscoveryMedium.Multicast, new byte[100], null);
        a.Port.Send(1, DiscoveryMedium.Multicast, new byte[100], null);
        world.RunFor(1_000);

        Assert.Equal([110, 210], b.HeardAt);
    }

    /// <summary>A host's port with a receiver that notes what it hears.</summary>
    private sealed class Ear(NetworkWorld world, SimulatedHost host, bool isBusy) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(Akka.Actor.Address.AllSystems) / host.Name;

        public override IActorRefProvider Provider => throw new NotSupportedException();

        internal SimulatedHost Host => host;

        internal IDiscoveryPort Port { get; } = host.OpenPort();

        internal List<DiscoveryDatagram> Datagrams { get; } = [];

        internal List<double> HeardAt { get; } = [];

        internal int Changes { get; private set; }

        internal static Ear On(NetworkWorld world, string name, bool isBusy = false)
        {
            var ear = new Ear(world, world.Host(name), isBusy);
            ear.Port.Open(ear);
            Assert.Equal(ear.Host.Address, Assert.Single(ear.Port.Refresh(null).Usable[0].Addresses));
            return ear;
        }

        internal void Send(IPEndPoint? to = null, DiscoveryMedium medium = DiscoveryMedium.Multicast) => Assert.Null(Port.Send(1, medium, Packet, to));

        protected override void TellInternal(object message, IActorRef sender)
        {
            if (message is not DiscoveryDatagram datagram)
            {
                Assert.IsType<NetworkMayHaveChanged>(message);
                Changes++;
                return;
            }
            Datagrams.Add(datagram);
            HeardAt.Add(world.Now);
            if (!isBusy)
                Port.Release();
        }
    }
}
