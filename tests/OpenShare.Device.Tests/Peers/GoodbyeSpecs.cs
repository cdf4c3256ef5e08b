using OpenShare.Device.Tests.Support;
using System.Net;
using Akka.Actor;
using Google.Protobuf;
using OpenShare.Device.Channel;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Transfers.Sending;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>An end in good order is said, heard and answered; a cut is never taken for one.</summary>
public abstract class GoodbyeSpecs : PeersKit
{
    /// <summary>Frames that are more than lies between two ends of a stream.</summary>
    private protected virtual int MoreThanBuffered => 16;

    private const int MiB = 1024 * 1024;

    private static readonly Control Large = new() { ManifestOffer = new ManifestOffer { Page = new Signed { Payload = ByteString.CopyFrom(new byte[MiB]) } } };

    [SkippableFact]
    public async Task A_device_that_stops_says_goodbye_on_its_links()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        await Link(a, b);

        Assert.True(await b.Peers.GracefulStop(Patience, new PeerCommands.Stop()));

        Assert.Equal(LinkEnd.ClosedHere, (await b.Hears<PeerEvents.LinkClosed>()).End);
        Assert.Equal(LinkEnd.ClosedByPeer, (await a.Hears<PeerEvents.LinkClosed>()).End);
    }

    [SkippableFact]
    public async Task A_connection_that_breaks_is_a_cut()
    {
        var b = Start("bob", "127.0.0.2");
        var (link, _) = await DialByHand(Organisation.Enroll("alice"), b);

        link.Control.Dispose();

        Assert.Equal(LinkEnd.Cut, (await b.Hears<PeerEvents.LinkClosed>()).End);
    }

    [SkippableFact]
    public async Task A_goodbye_is_answered_with_one()
    {
        var b = Start("bob", "127.0.0.2");
        var (link, _) = await DialByHand(Organisation.Enroll("alice"), b);

        await link.Control.CloseAsync(default);

        Assert.True(await EndsWithGoodbye(link.Control));
        Assert.Equal(LinkEnd.ClosedByPeer, (await b.Hears<PeerEvents.LinkClosed>()).End);
    }

    [SkippableFact]
    public async Task What_was_queued_is_sent_before_the_goodbye()
    {
        var (alice, b) = (Organisation.Enroll("alice"), Start("bob", "127.0.0.2"));
        var (link, _) = await DialByHand(alice, b);
        var id = (await b.Hears<PeerEvents.LinkOpened>()).Link;
        // In memory less than the first is under way until somebody reads.
        for (var i = 0; i < 3; i++)
            b.Peers.Tell(new PeerCommands.SendControl(alice.DeviceId, id, Large));

        b.Peers.Tell(new PeerCommands.Stop());
        await b.Hears<PeerEvents.LinkClosed>();

        var arrived = 0;
        while (await link.Control.ReceiveAsync(default).AsTask().WaitAsync(Patience) is var inbound and not Inbound.Closed)
            arrived += inbound is Inbound.Message { Control.ManifestOffer: not null } ? 1 : 0;
        Assert.Equal(3, arrived);
    }

    [SkippableFact]
    public async Task A_link_that_a_newer_one_replaces_ends_with_a_goodbye()
    {
        var (alice, b) = (Organisation.Enroll("alice"), Start("bob", "127.0.0.2"));
        var (older, _) = await DialByHand(alice, b);
        await b.Hears<PeerEvents.LinkOpened>();

        await DialByHand(alice, b);

        Assert.True(await EndsWithGoodbye(older.Control));
    }

    [SkippableFact]
    public async Task Of_two_links_that_both_sides_dialled_the_one_that_goes_is_told_so()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        await Link(a, b);

        var (other, _) = await DialByHand(b.Identity, a);

        if (a.Id < b.Id)
            Assert.True(await EndsWithGoodbye(other.Control));
        else
            Assert.Equal(LinkEnd.ClosedByPeer, (await b.Hears<PeerEvents.LinkClosed>()).End);
    }

    [SkippableFact]
    public async Task A_peer_that_does_not_read_holds_up_no_end_and_hears_no_goodbye()
    {
        var (alice, b) = (Organisation.Enroll("alice"), Start("bob", "127.0.0.2"));
        var (link, _) = await DialByHand(alice, b);
        var id = (await b.Hears<PeerEvents.LinkOpened>()).Link;
        for (var i = 0; i < 32; i++)
            b.Peers.Tell(new PeerCommands.SendControl(alice.DeviceId, id, Large));

        Assert.True(await b.Peers.GracefulStop(Patience, new PeerCommands.Stop()));

        Assert.False(await EndsWithGoodbye(link.Control));
    }

    [SkippableFact]
    public async Task A_receiver_that_is_done_says_so_though_more_arrives_and_hears_the_sender_out()
    {
        var (near, far) = await Stream(Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        var session = CreateTestProbe();
        var receiving = session.ChildActorOf(ReceivingStreamActor.Props(1, far));
        // More than the buffers of a socket hold: it comes to its end only because it is read.
        var sending = SendFrames(near, MoreThanBuffered);
        await session.FishForMessageAsync<ReceivingStreamActor.FrameArrived>(_ => true, Patience);

        receiving.Tell(PoisonPill.Instance);

        Assert.True(await EndsWithGoodbye(near));
        await sending.WaitAsync(Patience);
        await near.CloseAsync(default);
        await far.Ended.WaitAsync(Patience);
    }

    [SkippableFact]
    public async Task A_sender_that_is_done_says_so()
    {
        var (near, far) = await Stream(Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        using var source = new LocalDisk().OpenSource([]);
        var sending = CreateTestProbe().ChildActorOf(SendingStreamActor.Props(ContextAt(IPAddress.Loopback), source, 1, near));

        sending.Tell(PoisonPill.Instance);

        Assert.True(await EndsWithGoodbye(far));
        await far.CloseAsync(default);
        await near.Ended.WaitAsync(Patience);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_can_tell_a_goodbye_on_a_stream_from_a_cut(bool saysGoodbye)
    {
        var (near, far) = await Stream(Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        var session = CreateTestProbe();
        var receiving = session.ChildActorOf(ReceivingStreamActor.Props(1, far));

        if (saysGoodbye)
            await near.CloseAsync(default);
        else
            near.Dispose();

        var ended = await session.FishForMessageAsync<TransferSession.StreamEnded>(_ => true, Patience);
        Assert.Equal(saysGoodbye, ended.Reason == "The sender said goodbye.");
        if (!saysGoodbye)
            return;
        receiving.Tell(PoisonPill.Instance);
        Assert.True(await EndsWithGoodbye(near));
    }

    [SkippableFact]
    public async Task A_link_that_ends_in_good_order_cuts_its_streams_when_nobody_ends_them()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        var (near, _) = await Stream(a, b);

        Assert.True(await b.Peers.GracefulStop(Patience, new PeerCommands.Stop()));

        await Assert.ThrowsAsync<TransportException>(() => near.ReceiveAsync(default).AsTask().WaitAsync(Patience));
    }

    private static async Task SendFrames(SecureStream stream, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var frame = OutboundFrame.Rent(new ChunkFrame { Chunks = { new ChunkSlice { Ordinal = (ulong)i, Length = MiB } } });
            await stream.SendAsync(frame, default);
        }
    }
}

public sealed class TcpGoodbyeSpecs : GoodbyeSpecs
{
    private protected override ITransport TransportOf(IPAddress address) => new TcpTransport();
}

public sealed class MemoryGoodbyeSpecs : GoodbyeSpecs
{
    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);
}

public sealed class QuicGoodbyeSpecs : GoodbyeSpecs
{
    private protected override ITransport TransportOf(IPAddress address) => QuicHere.Transport();

    // A window is far smaller than a socket's buffers, and they have to be heard out in the time of a goodbye.
    private protected override int MoreThanBuffered => 4;
}
