using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Peers;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Views;

namespace OpenShare.Device.Tests.Peers;

/// <summary>A device that answers one command from its home and is not on the network.</summary>
public sealed class AtHomeTests : PeersKit
{
    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_dials_nobody_whatever_transfers_there_are(bool isOnNetwork)
    {
        var bob = Start("bob", "127.0.0.2");
        var started = Start("alice", "127.0.0.1");
        var peers = isOnNetwork ? started.Peers : Sys.ActorOf(PeersActor.Props(started.Context, new MemoryPeerStore(), listener: null));
        await Answers(peers);

        peers.Tell(new PeerCommands.Connect(bob.Id));
        await Answers(peers);

        // Whoever is to be dialled has an actor, before all else.
        Assert.Equal(isOnNetwork, ((ActorRefWithCell)peers).Children.Any());
    }

    private static Task Answers(IActorRef peers) => peers.Ask<ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), Patience);
}
