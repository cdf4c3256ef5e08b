using System.Net;
using System.Net.Sockets;
using OpenShare.Device.Peers;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Quic;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Whole transfers by QUIC, and from TCP to it and back.</summary>
public sealed class QuicTransferTests : TransferSpecs
{
    private const int Chunks = 64;

    [SkippableFact]
    public async Task Files_travel_by_quic_alone_both_ways()
    {
        QuicHere.Needed();
        var (ann, ben) = (Device("ann", new QuicTransport(), CarrierRule.Quic), Device("ben", new QuicTransport(), CarrierRule.Quic));
        var (there, back) = (ann.Write("there", 20 * Chunk + 7), ben.Write("back", 3 * Chunk));

        AssertCompleted(await ann.EndsAsync(await ann.SendAsync(ben, "there")), 1);
        AssertCompleted(await ben.EndsAsync(await ben.SendAsync(ann, "back")), 1);

        Assert.Equal(there, ben.Arrived("there"));
        Assert.Equal(back, ann.Arrived("back"));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_running_transfer_moves_to_quic_and_back_and_nothing_travels_twice(bool senderDials)
    {
        QuicHere.Needed();
        var tap = new TappedTransport(new TcpAndQuicTransport());
        var (ann, ben) = (Device("ann", tap, CarrierRule.Alternate), Device("ben", new TcpAndQuicTransport(), CarrierRule.Tcp));
        if (!senderDials)
        {
            // The link is there already, dialled by the one who receives.
            ben.Write("first", 1);
            AssertCompleted(await ben.EndsAsync(await ben.SendAsync(ann, "first")), 1);
        }
        var sent = ann.Write("moved", Chunks * Chunk);
        using var moved = new ManualResetEventSlim();
        tap.OnMoved = () =>
        {
            if (tap.Order is [Carrier.Tcp, Carrier.Quic, Carrier.Tcp, ..])
                moved.Set();
        };
        // Slow enough that it moves; at full speed once it has, there and back.
        ben.Disk.OnWrite = _ => moved.Wait(TimeSpan.FromMilliseconds(50));

        AssertCompleted(await ann.EndsAsync(await ann.SendAsync(ben, "moved")), 1);

        Assert.Equal(sent, ben.Arrived("moved"));
        Assert.True(moved.IsSet, $"It moved so: {string.Join(", ", tap.Order)}");
        // Each chunk once, and for all else a little.
        Assert.InRange(tap.Written(Carrier.Tcp) + tap.Written(Carrier.Quic), sent.Length, sent.Length + Chunk / 2);
        Assert.Equal(Chunks, ben.Disk.Writes.Count);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_loss_holds_tcp_back_quic_is_tried_and_nowhere_else(bool isHeldBack)
    {
        QuicHere.Needed();
        var tap = new TappedTransport(new TcpAndQuicTransport()) { IsHeldBack = isHeldBack };
        var (ann, ben) = (Device("ann", tap, CarrierRule.Measured), Device("ben", new TcpAndQuicTransport(), CarrierRule.Measured));
        var sent = ann.Write("measured", Chunks * Chunk);
        using var moved = new ManualResetEventSlim();
        tap.OnMoved = () =>
        {
            if (tap.Order.Contains(Carrier.Quic))
                moved.Set();
        };
        ben.Disk.OnWrite = _ => moved.Wait(TimeSpan.FromMilliseconds(50));

        AssertCompleted(await ann.EndsAsync(await ann.SendAsync(ben, "measured")), 1);

        Assert.Equal(sent, ben.Arrived("measured"));
        Assert.Equal(isHeldBack, tap.Order.Contains(Carrier.Quic));
        Assert.InRange(tap.Written(Carrier.Tcp) + tap.Written(Carrier.Quic), sent.Length, sent.Length + Chunk / 2);
    }

    [SkippableFact]
    public async Task On_a_link_by_quic_no_stream_is_ever_asked_for_by_tcp()
    {
        QuicHere.Needed();
        var (ann, ben) = (Device("ann", new QuicTransport(), CarrierRule.Quic), Device("ben", new TcpAndQuicTransport(), CarrierRule.Alternate));
        ann.Write("first", 1);
        AssertCompleted(await ann.EndsAsync(await ann.SendAsync(ben, "first")), 1);
        var back = ben.Write("back", 24 * Chunk);
        var opened = CreateTestProbe();
        ben.Context.Events.Subscribe<PeerEvents.StreamOpened>(opened.Ref);
        using var never = new ManualResetEventSlim();
        // Slow enough that it would be changed a few times.
        ann.Disk.OnWrite = _ => never.Wait(TimeSpan.FromMilliseconds(20));

        AssertCompleted(await ben.EndsAsync(await ben.SendAsync(ann, "back")), 1);

        Assert.Equal(back, ann.Arrived("back"));
        await opened.ReceiveNAsync(TransferTuning.Default.Streams, default).ToListAsync();
        await opened.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [SkippableFact]
    public async Task Where_udp_does_not_come_through_the_transfer_goes_on_by_tcp()
    {
        QuicHere.Needed();
        // It takes what comes, and never answers: a network that drops UDP.
        using var blackHole = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var tap = new TappedTransport(new TcpAndQuicTransport());
        var ann = Device("ann", tap, CarrierRule.Alternate);
        var ben = Device("ben", new TappedTransport(new TcpTransport()) { QuicPortTold = ((IPEndPoint)blackHole.Client.LocalEndPoint!).Port }, CarrierRule.Tcp);
        var sent = ann.Write("on", 24 * Chunk);
        using var tried = new ManualResetEventSlim();
        using var hearing = blackHole.ReceiveAsync().ContinueWith(_ => tried.Set(), TaskScheduler.Default);
        ben.Disk.OnWrite = _ => tried.Wait(TimeSpan.FromMilliseconds(200));

        AssertCompleted(await ann.EndsAsync(await ann.SendAsync(ben, "on")), 1);

        Assert.Equal(sent, ben.Arrived("on"));
        Assert.True(tried.IsSet, "QUIC was not tried.");
        Assert.Equal(0, tap.Written(Carrier.Quic));
        Assert.InRange(tap.Written(Carrier.Tcp), sent.Length, sent.Length + Chunk / 2);
    }

    [SkippableFact]
    public async Task A_receiver_that_ends_without_a_word_is_sent_by_quic_what_it_misses()
    {
        QuicHere.Needed();
        var (ann, ben) = (Device("ann", new QuicTransport(), CarrierRule.Quic), Device("ben", new QuicTransport(), CarrierRule.Quic));
        var sent = ann.Write("resumed", Chunks * Chunk);
        using var letThrough = new ManualResetEventSlim();
        var id = await SendHeldUpAsync(ann, ben, "resumed", letThrough);

        letThrough.Set();
        await ben.KillAsync();
        ben.Start();
        ann.See(ben);

        var view = await ann.EndsAsync(id);
        AssertCompleted(view, 1);
        Assert.Equal(sent, ben.Arrived("resumed"));
    }

    private TransferDevice Device(string name, ITransport transport, CarrierRule carriers) =>
        Start(new TransferDevice(this, transport, Organisation.Enroll(name), carriers: carriers));
}
