using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Views;

namespace OpenShare.Device.Tests.Peers;

/// <summary>A device that answers one command from its home and is not on the network.</summary>
public sealed class AtHomeTests : DeviceRig
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly IPEndPoint There = new(IPAddress.Loopback, 4545);

    /// <summary>Where it was reached last, which for one on the network is soon enough.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_learns_that_it_is_there(bool isOnNetwork)
    {
        var (self, bob) = (Organisation.Enroll("alice"), Organisation.Enroll("bob"));
        using var listener = Context.Transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        using var there = Context.Transport.Listen(There);
        var store = new MemoryPeerStore();
        store.Save(new PeerRecord(bob.DeviceId, "bob", [There], Context.Now, PeerTrust.Certified, FoundBy.Mdns));
        var peers = Sys.ActorOf(PeersActor.Props(Context, store, isOnNetwork ? listener : null));
        peers.Tell(new PeerCommands.Start());
        await Answers(peers);
        Context.Events.Publish(new RegistrationEvents.Certified(self));
        await Answers(peers);

        Advance(TimeSpan.FromMinutes(1));
        await Answers(peers);

        // Whoever is dialled, is by an actor.
        Assert.Equal(isOnNetwork, ((ActorRefWithCell)peers).Children.Any());
    }

    private static Task Answers(IActorRef peers) => peers.Ask<ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), Patience);
}
