using System.Net;
using Akka.Actor;
using Google.Protobuf;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>How many streams a link may have, what becomes of one that does not come to join, and how much may wait to be said.</summary>
public sealed class LinkLimitTests : PeersKit
{
    private static readonly TransferId Transfer = TransferId.New(new SeededRandom(5));
    private static readonly IPAddress Here = IPAddress.Parse("127.0.0.2");

    private readonly MemoryNetwork _network = new();

    private protected override TimeProvider Time { get; } = new HurriedLimits();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);

    [Fact]
    public async Task A_link_takes_no_more_streams_than_it_may_have_and_another_once_one_has_ended()
    {
        var b = Start("bob", "127.0.0.2");
        var (link, context) = await DialByHand(Organisation.Enroll("alice"), b);
        using var control = link.Control;
        var streams = new List<SecureStream>();
        for (uint id = 1; id <= LinkStreams.Most; id++)
        {
            Assert.NotNull((await new StreamRunner(context).DialAsync(b.Address, link.Result.Session, id, Transfer, default)).Stream);
            streams.Add((await b.Hears<PeerEvents.StreamOpened>()).Stream);
        }

        Assert.Null((await new StreamRunner(context).DialAsync(b.Address, link.Result.Session, 1000, Transfer, default)).Stream);
        streams[7].Dispose();

        Assert.NotNull((await new StreamRunner(context).DialAsync(b.Address, link.Result.Session, 1001, Transfer, default)).Stream);
    }

    [Fact]
    public async Task Streams_that_join_and_do_not_say_what_for_keep_none_out_for_long()
    {
        var b = Start("bob", "127.0.0.2");
        var (link, context) = await DialByHand(Organisation.Enroll("alice"), b);
        using var control = link.Control;
        var silent = await Task.WhenAll(Enumerable.Range(1, LinkStreams.Most).Select(id => JoinAsync(context, b, link.Result.Session, (uint)id)));

        Assert.All(await Task.WhenAll(silent.Select(IsCut)), Assert.True);

        Assert.NotNull((await new StreamRunner(context).DialAsync(b.Address, link.Result.Session, 1000, Transfer, default)).Stream);
    }

    [Theory]
    [InlineData(1024 * 1024)]
    [InlineData(0)]
    public async Task A_peer_that_does_not_read_what_it_is_told_has_its_link_ended_and_is_told_no_more(int size)
    {
        var (alice, b) = (Organisation.Enroll("alice"), Start("bob", "127.0.0.2"));
        var (link, _) = await DialByHand(alice, b);
        using var control = link.Control;
        var id = (await b.Hears<PeerEvents.LinkOpened>()).Link;
        var message = new Control { ManifestOffer = new ManifestOffer { Page = new Signed { Payload = ByteString.CopyFrom(new byte[size]) } } };
        // With what a message takes beside its bytes, and what is under way until somebody reads.
        var enough = Device.Peers.Link.MostWaiting / (size + 256) * 3 / 2;

        for (var i = 0; i < enough; i++)
            b.Peers.Tell(new PeerCommands.SendControl(alice.DeviceId, id, message));

        var closed = await b.Hears<PeerEvents.LinkClosed>();
        Assert.Equal(LinkEnd.Cut, closed.End);
        Assert.Contains("does not read", closed.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_peer_says_is_not_read_on_until_it_is_handled_or_nobody_can_be_expected_to(bool isHandled)
    {
        var b = Start("bob", "127.0.0.2");
        var (link, _) = await DialByHand(Organisation.Enroll("alice"), b);
        using var control = link.Control;
        const int size = 32 * 1024;
        var message = new Control { EntryChanged = new EntryChangedNotice { TransferId = ByteString.CopyFrom(Transfer.ToBytes()), Notice = new Signed { Payload = ByteString.CopyFrom(new byte[size]) } } };

        await b.Hears<PeerEvents.LinkOpened>();
        var (sending, said) = (Task.CompletedTask, 0L);
        // In this network what is read is so within the call; but not out of a test's own context.
        await Task.Run(() =>
        {
            for (; sending.IsCompleted && said < 8 * Backlog.Most; said += size)
                sending = control.SendAsync(message, default).AsTask();
        });

        Assert.InRange(said, Backlog.Most, 4 * Backlog.Most);
        while (isHandled && !sending.IsCompleted)
            (await b.Hears<PeerEvents.ControlReceived>()).Handled!();
        await sending.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_stream_that_nobody_serves_ends_with_a_goodbye()
    {
        var b = Start("bob", "127.0.0.2");
        var (link, context) = await DialByHand(Organisation.Enroll("alice"), b);
        using var control = link.Control;
        await b.Hears<PeerEvents.LinkOpened>();
        b.Context.Events.Unsubscribe(b.Events.Ref);

        var joined = await new StreamRunner(context).DialAsync(b.Address, link.Result.Session, 1, Transfer, default);

        Assert.True(await EndsWithGoodbye(joined.Stream!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_cannot_be_joined_is_missing_and_its_link_stays_where_that_has_others(bool hasOthers)
    {
        var (a, bob) = (Start("alice", "127.0.0.1"), Organisation.Enroll("bob"));
        using var there = TransportOf(Here).Listen(new IPEndPoint(Here, 0));
        var (context, runner) = (ContextAt(Here), new HandshakeRunner(ContextAt(Here), PartyOf(bob)));
        a.Peers.Tell(new PeerCommands.Connect(bob.DeviceId));
        See(a, bob, there.LocalEndPoint.Port, Here);
        HandshakeOutcome.Open? link = null;
        while (link?.Result.Purpose != Authentication.Types.Purpose.Link)
        {
            var (connection, hello) = await Opening(there);
            link = await runner.AnswerAsync(connection, hello, default).WaitAsync(Patience) as HandshakeOutcome.Open;
        }
        using var control = link.Control;
        var id = (await a.Hears<PeerEvents.LinkOpened>()).Link;

        if (hasOthers)
            await JoinedAsync();

        a.Peers.Tell(new PeerCommands.OpenStreams(bob.DeviceId, id, Transfer, 1));
        for (var tries = 0; tries < 4; tries++)
            (await JoinAt(there)).Connection.Dispose();

        // Once all was tried it has its end behind it.
        if (hasOthers)
            await JoinedAsync();
        else
            Assert.Contains("No stream could be opened", (await a.Hears<PeerEvents.LinkClosed>()).Reason, StringComparison.Ordinal);

        async Task JoinedAsync()
        {
            a.Peers.Tell(new PeerCommands.OpenStreams(bob.DeviceId, id, Transfer, 1));
            var (connection, join) = await JoinAt(there);
            Assert.NotNull((await new StreamRunner(context).AnswerAsync(connection, link.Result.Session, join, default)).Stream);
            Assert.Equal(Transfer, (await a.Hears<PeerEvents.StreamOpened>()).Transfer);
        }
    }

    // The link ends then, and the next has a session of its own.
    [Fact]
    public async Task A_session_that_has_had_all_its_streams_gives_no_more()
    {
        var (open, context) = await DialByHand(Organisation.Enroll("alice"), Start("bob", "127.0.0.2"));
        using var link = new Device.Peers.Link(new LinkId(1), open.Result, open.Control, open.Remote, context.Steady);

        for (uint id = 1; id <= Session.MostStreams; id++)
            Assert.Equal(id, link.TakeStreamId());

        Assert.Null(link.TakeStreamId());
    }

    private static async Task<(ITransportConnection Connection, Join Join)> JoinAt(ITransportListener listener)
    {
        while (true)
        {
            var (connection, frame) = await Opening(listener);
            if (Messages.Parse(Protocol.Wire.Opening.Parser, frame, "opening") is { Join: { } join })
                return (connection, join);
            connection.Dispose();
        }
    }

    /// <summary>A stream that is joined, and on which nothing is said after that.</summary>
    private static async Task<ITransportConnection> JoinAsync(DeviceContext context, Side to, Session session, uint id)
    {
        var connection = await context.Transport.ConnectAsync(to.Address, default);
        await HandshakeFrames.WriteAsync(connection, new Opening { Join = StreamJoin.Request(session, id, context.Random) }.ToByteArray(), default);
        return connection;
    }

    /// <summary>Only limits come sooner: by its clock a link is not dead.</summary>
    private sealed class HurriedLimits : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime / 10, period);
    }

    private static async Task<bool> IsCut(ITransportConnection connection)
    {
        try
        {
            while (await connection.ReadAsync(new byte[256], default).AsTask().WaitAsync(Patience) > 0)
            {
            }
        }
        catch (TransportException)
        {
            // Cut as well.
        }
        return true;
    }
}
