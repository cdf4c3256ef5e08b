using System.Net;
using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Discovery;
using OpenShare.Device.Peers;
using OpenShare.Device.Revocation;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>Two devices' peers actors against each other, over each transport.</summary>
public abstract class PeersSpecs : PeersKit
{
    [SkippableFact]
    public async Task A_wanted_link_opens_on_both_sides_and_carries_control_messages()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        var (atA, atB) = await Link(a, b);

        a.Peers.Tell(new PeerCommands.SendControl(b.Identity.DeviceId, atA.Link, new Control { PageWanted = new PageWanted { PageIndex = 7 } }));

        var received = await b.Events.FishForMessageAsync<PeerEvents.ControlReceived>(_ => true);
        Assert.Equal(7u, received.Message.PageWanted.PageIndex);
        Assert.Equal(atB.Link, received.Link);
        Assert.Equal("alice", atB.Certificate.Name);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Streams_open_on_both_sides_whichever_side_dialled(bool dialler)
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        var (atA, atB) = await Link(a, b);
        var transfer = TransferId.New(new SeededRandom(5));

        if (dialler)
            a.Peers.Tell(new PeerCommands.OpenStreams(b.Identity.DeviceId, atA.Link, transfer, 2));
        else
            b.Peers.Tell(new PeerCommands.OpenStreams(a.Identity.DeviceId, atB.Link, transfer, 2));

        var nearSides = new[] { await Opened(a), await Opened(a) };
        var farSides = new[] { await Opened(b), await Opened(b) };
        var near = nearSides[0];
        var far = farSides.Single(s => s.StreamId == near.StreamId);
        Assert.Equal(transfer, far.Transfer);

        using var frame = OutboundFrame.Rent(new ChunkFrame { Chunks = { new ChunkSlice { Ordinal = 3, Length = 700_000 } } });
        var bytes = new byte[700_000];
        new Random(2).NextBytes(bytes);
        var at = 0;
        foreach (var space in frame.Space(0))
        {
            bytes.AsMemory(at, space.Length).CopyTo(space);
            at += space.Length;
        }
        var sending = near.Stream.SendAsync(frame, default).AsTask();
        var arrived = Assert.IsType<Inbound.Frame>(await far.Stream.ReceiveAsync(default).AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
        await sending;
        Assert.Equal(3ul, arrived.Chunks.Head.Chunks[0].Ordinal);
        Assert.Equal(bytes, arrived.Chunks.Bytes(0).SelectMany(m => m.ToArray()).ToArray());

        static async Task<PeerEvents.StreamOpened> Opened(Side side) =>
            await side.Events.FishForMessageAsync<PeerEvents.StreamOpened>(_ => true, TimeSpan.FromSeconds(10));
    }

    [SkippableFact]
    public async Task A_revoked_device_is_refused_and_told_why()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        b.Context.Events.Publish(new RevocationEvents.RevocationChanged(Organisation.Revoke(a.Identity)));
        See(a, b);

        a.Peers.Tell(new PeerCommands.Connect(b.Identity.DeviceId));

        var failed = await a.Events.FishForMessageAsync<PeerEvents.LinkFailed>(_ => true, TimeSpan.FromSeconds(10));
        Assert.Equal((LinkRefusal.Revoked, true), (failed.Problem.Refusal, failed.Problem.ByPeer));
        var refused = await b.Events.FishForMessageAsync<PeerEvents.PeerRefused>(_ => true, TimeSpan.FromSeconds(10));
        Assert.Equal((a.Identity.DeviceId, LinkRefusal.Revoked), (refused.Device, refused.Problem.Refusal));
    }

    [SkippableFact]
    public async Task A_live_link_is_cut_when_its_peer_is_revoked()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        await Link(a, b);

        b.Context.Events.Publish(new RevocationEvents.RevocationChanged(Organisation.Revoke(a.Identity)));

        Assert.Equal(LinkEnd.ClosedHere, (await b.Hears<PeerEvents.LinkClosed>()).End);
        Assert.Equal(LinkEnd.ClosedByPeer, (await a.Hears<PeerEvents.LinkClosed>()).End);
        var failed = await a.Events.FishForMessageAsync<PeerEvents.LinkFailed>(m => m.Problem.Refusal == LinkRefusal.Revoked, TimeSpan.FromSeconds(10));
        Assert.True(failed.Problem.ByPeer);
    }

    [SkippableFact]
    public async Task A_newer_revocation_list_travels_with_the_handshake()
    {
        var (a, b, lost) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"), Organisation.Enroll("lost"));
        var list = Organisation.Revoke(lost);
        b.Context.Events.Publish(new RevocationEvents.RevocationChanged(list));
        await Link(a, b);

        var offered = await a.Events.FishForMessageAsync<PeerEvents.RevocationOffered>(_ => true, TimeSpan.FromSeconds(10));
        Assert.Equal(list.Blob, offered.List);
    }

    [SkippableFact]
    public async Task Another_account_is_refused_and_given_up_after_a_few_tries()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("mallory", "127.0.0.2", "other"));
        See(a, b);

        a.Peers.Tell(new PeerCommands.Connect(b.Identity.DeviceId));

        var first = await a.Events.FishForMessageAsync<PeerEvents.LinkFailed>(_ => true, TimeSpan.FromSeconds(10));
        Assert.Equal(LinkRefusal.WrongAccount, first.Problem.Refusal);
        Assert.True(first.WillRetry);
        var last = await a.Events.FishForMessageAsync<PeerEvents.LinkFailed>(m => !m.WillRetry, TimeSpan.FromSeconds(20));
        Assert.Equal(LinkRefusal.WrongAccount, last.Problem.Refusal);
    }

    [SkippableFact]
    public async Task Somebody_else_at_one_of_its_addresses_does_not_keep_a_peer_away()
    {
        var (a, b, mallory) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"), Start("mallory", "127.0.0.4", "other"));
        a.Context.Events.Publish(new DiscoveryEvents.PeerSighted(new PeerSighting(
            b.Identity.DeviceId, "bob", b.Identity.Key.PublicKey.ShortFingerprint,
            new PeerPlace("b.local", mallory.Address.Port, [mallory.Address.Address]), FoundBy.Mdns, TimeSpan.Zero)));
        a.Peers.Tell(new PeerCommands.Connect(b.Identity.DeviceId));
        var failed = await a.Events.FishForMessageAsync<PeerEvents.LinkFailed>(_ => true, TimeSpan.FromSeconds(10));
        Assert.True(failed.WillRetry);

        See(a, b);

        await a.Events.FishForMessageAsync<PeerEvents.LinkOpened>(_ => true, TimeSpan.FromSeconds(10));
    }

    [SkippableFact]
    public async Task A_typed_address_tells_who_is_there()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));

        var answer = await a.Peers.Ask<AddressResolution>(new PeerCommands.Resolve(7, b.Address), TimeSpan.FromSeconds(10));

        Assert.Equal(new AddressResolution.Found(7, b.Identity.DeviceId), answer);
        var opened = await a.Events.FishForMessageAsync<PeerEvents.LinkOpened>(_ => true, TimeSpan.FromSeconds(10));
        Assert.Equal("bob", opened.Certificate.Name);
    }

    [SkippableFact]
    public async Task Where_nobody_listens_the_dial_fails_and_is_worth_retrying()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        b.Listener.Dispose();
        See(a, b);

        a.Peers.Tell(new PeerCommands.Connect(b.Identity.DeviceId));

        var failed = await a.Events.FishForMessageAsync<PeerEvents.LinkFailed>(_ => true, TimeSpan.FromSeconds(10));
        Assert.True(failed.Problem.IsWorthRetrying);
    }
}

public sealed class TcpPeersSpecs : PeersSpecs
{
    private protected override ITransport TransportOf(IPAddress address) => new TcpTransport();
}

public sealed class MemoryPeersSpecs : PeersSpecs
{
    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);
}

public sealed class QuicPeersSpecs : PeersSpecs
{
    private protected override ITransport TransportOf(IPAddress address) => QuicHere.Transport();
}
