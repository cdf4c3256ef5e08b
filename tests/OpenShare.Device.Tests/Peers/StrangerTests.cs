using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Peers;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Peers;

/// <summary>Anybody may announce ids without end: nothing is kept of one that proves nothing.</summary>
public sealed class StrangerTests : PeersKit
{
    private static readonly IPAddress There = IPAddress.Parse("127.0.0.9");

    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_is_gone_or_proves_nothing_keeps_no_actor(bool isGone)
    {
        var (a, stranger) = (Start("alice", "127.0.0.1"), Organisation.Enroll("stranger"));
        using var there = TransportOf(There).Listen(new IPEndPoint(There, 0));
        See(a, stranger, there.LocalEndPoint.Port, There);
        using var probe = await there.AcceptAsync(default).WaitAsync(Patience);
        var actor = await ActorOf(a, stranger.DeviceId);
        await WatchAsync(actor);

        if (isGone)
            a.Context.Events.Publish(new DiscoveryEvents.PeerLost(stranger.DeviceId));
        else
            probe.Dispose();

        await ExpectTerminatedAsync(actor, Patience);
    }

    [Fact]
    public async Task One_that_has_proven_itself_or_is_wanted_keeps_its_own()
    {
        var (a, b, wanted) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"), Organisation.Enroll("wanted"));
        See(a, b);
        await a.Hears<PeerEvents.PeerProven>();
        a.Peers.Tell(new PeerCommands.Connect(wanted.DeviceId));

        a.Context.Events.Publish(new DiscoveryEvents.PeerLost(b.Id));
        a.Context.Events.Publish(new DiscoveryEvents.PeerLost(wanted.DeviceId));

        await a.Peers.Ask<ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), Patience);
        await ActorOf(a, b.Id);
        await ActorOf(a, wanted.DeviceId);
    }

    private Task<IActorRef> ActorOf(Side side, DeviceId device) => Sys.ActorSelection(side.Peers, $"{device}-*").ResolveOne(Patience);
}
