using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Peers;

/// <summary>What fails is started anew, and a link that somebody wants is there again.</summary>
public sealed class RestartTests : PeersKit
{
    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);

    [Fact]
    public async Task A_link_that_is_wanted_is_made_again_when_the_actor_of_its_peer_starts_anew()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        await Link(a, b);

        Sys.ActorSelection(a.Peers, $"{b.Id}-*").Tell(Kill.Instance);

        await a.Hears<PeerEvents.LinkClosed>();
        Assert.Equal(b.Id, (await a.Hears<PeerEvents.LinkOpened>()).Device);
    }

    [Fact]
    public async Task Peers_that_starts_anew_says_that_it_is_to_be_told_again()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        await Link(a, b);

        a.Peers.Tell(Kill.Instance);

        await a.Hears<PeerEvents.LinkClosed>();
        await a.Hears<PeerEvents.Restarted>();
        a.Peers.Tell(new PeerCommands.Start());
        await Link(a, b);
    }

    [Fact]
    public async Task What_is_wanted_before_it_may_begin_is_dialled_once_it_may()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        a.Peers.Tell(Kill.Instance);
        await a.Hears<PeerEvents.Restarted>();
        // Its actor is there, for a probe.
        See(a, b);
        await b.Hears<PeerEvents.PeerProven>();

        a.Peers.Tell(new PeerCommands.Connect(b.Id));
        await a.Peers.Ask(new PeerQueries.GetPeers(), Patience);
        a.Peers.Tell(new PeerCommands.Start());

        await a.Hears<PeerEvents.LinkOpened>();
    }

    [Fact]
    public async Task A_disk_that_is_full_ends_no_link_and_is_told_once()
    {
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings.Ref, typeof(Warning));
        var (a, b, c) = (Start(Organisation.Enroll("alice"), "127.0.0.1", store: new FullStore()), Start("bob", "127.0.0.2"), Start("carol", "127.0.0.3"));

        await Link(a, b);
        await Link(a, c);

        var peers = await a.Peers.Ask<ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), Patience);
        Assert.Equal(["bob", "carol"], peers.Where(p => p.IsProven).Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Contains("The disk is full.", (await warnings.ExpectMsgAsync<Warning>(Patience)).ToString(), StringComparison.Ordinal);
        Assert.False(warnings.HasMessages);
    }

    private sealed class FullStore : IPeerStore
    {
        private readonly MemoryPeerStore _empty = new();

        public PeerRecord? Find(DeviceId device) => _empty.Find(device);

        public IReadOnlyList<PeerRecord> All() => _empty.All();

        public void Save(PeerRecord peer) => throw new StorageException("The disk is full.");

        public void Remove(DeviceId device) => _empty.Remove(device);
    }
}
