using Akka.Actor;
using Google.Protobuf;
using OpenShare.Device.Channel;
using OpenShare.Device.Memory;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using TransferAnswer = OpenShare.Protocol.Wire.TransferAnswer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>What a peer can have open here: by streams without end, by transfers that it never confirms, by ever more of them.</summary>
public sealed class ReceivedLimitTests : TransfersRig
{
    private static readonly LinkId Link = new(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DeviceIdentity _ann;

    public ReceivedLimitTests()
    {
        _ann = Organisation.Enroll("ann");
        Context.Events.Publish(new PeerEvents.LinkOpened(_ann.DeviceId, Link, _ann.Certificate));
    }

    [Fact]
    public async Task Of_a_transfers_streams_the_oldest_end_for_those_that_are_too_many()
    {
        var id = BeginFile();
        Said(Control.KindOneofCase.TransferAnswer);
        var streams = Enumerable.Range(0, TransferSession.MostStreams + 3).Select(_ => new FakeConnection()).ToList();

        for (var i = 0; i < streams.Count; i++)
            Context.Events.Publish(new PeerEvents.StreamOpened(_ann.DeviceId, Link, id, (uint)i + 1, streams[i].Secured()));

        await AwaitAssertAsync(() => Assert.All(streams.Take(3), s => Assert.True(s.IsClosed)), Patience);
        Assert.DoesNotContain(streams.Skip(3), s => s.IsClosed);
    }

    [Fact]
    public async Task What_streams_bring_while_its_place_is_being_opened_goes_with_them()
    {
        using var letOpen = new ManualResetEventSlim();
        Disk.OnOpen = () => letOpen.Wait(Patience);
        var id = BeginFile();
        var session = Assert.Single(await SessionsAsync());
        var head = new ChunkFrame { Chunks = { new ChunkSlice { Length = 5 } } };
        var frames = Enumerable.Range(0, 3).Select(_ => new InboundFrame(head, LargeBuffers.Pool.Rent(5), [(0, 5)])).ToList();

        for (uint stream = 1; stream <= 2; stream++)
        {
            Context.Events.Publish(new PeerEvents.StreamOpened(_ann.DeviceId, Link, id, stream, new FakeConnection().Secured()));
            await HeardAsync();
            session.Tell(new ReceivingStreamActor.FrameArrived(stream, frames[(int)stream]));
        }
        session.Tell(new TransferSession.StreamEnded(1, "gone"));
        // One that comes when its stream has gone already.
        session.Tell(new ReceivingStreamActor.FrameArrived(1, frames[0]));

        await AwaitAssertAsync(() => Assert.Equal([true, true, false], frames.Select(IsGivenBack)), Patience);
        letOpen.Set();
    }

    [Fact]
    public async Task What_a_sender_says_without_end_while_its_place_is_being_opened_is_not_kept_and_is_asked_for_again()
    {
        using var letOpen = new ManualResetEventSlim();
        Disk.OnOpen = () => letOpen.Wait(Patience);
        var id = BeginFile();
        var session = Assert.Single(await SessionsAsync());
        // That nobody signed: the transfer would fail if it were heard.
        var change = new Control { EntryChanged = new EntryChangedNotice { TransferId = Bytes(id.ToBytes()), Notice = new Signed { Payload = Bytes(new byte[64 * 1024]) } } };
        var (said, handled) = (2 * (int)(Backlog.Most / change.CalculateSize()), 0);

        for (var i = 0; i < said; i++)
            Context.Events.Publish(new PeerEvents.ControlReceived(_ann.DeviceId, Link, change) { Handled = () => handled++ });
        await HeardAsync();
        await session.Ask(new TransferQueries.GetFiles(id, new FilesAsked(0, 1)), Patience);
        Assert.Equal(said, handled);
        letOpen.Set();

        await AwaitAssertAsync(() =>
        {
            Advance(Context.TransferTuning.Quiet);
            Assert.True(Peers.HasMessages);
        }, Patience);
        Said(Control.KindOneofCase.PageWanted);
    }

    [Fact]
    public async Task What_joins_a_session_that_is_ending_to_be_made_anew_is_not_left_open_and_what_joins_later_is_for_the_next()
    {
        var streams = Enumerable.Range(0, 3).Select(_ => new FakeConnection()).ToList();
        var id = default(TransferId);
        OnNote = note =>
        {
            if (note != "state")
                return;
            OnNote = _ => { };
            for (uint stream = 1; stream <= streams.Count; stream++)
                Context.Events.Publish(new PeerEvents.StreamOpened(_ann.DeviceId, Link, id, stream, streams[(int)stream - 1].Secured()));
            HeardAsync().Wait(Patience);
            throw new StorageFullException("no space left on the disk");
        };
        using var letOpen = new ManualResetEventSlim();
        Disk.OnOpen = () => letOpen.Wait(Patience);
        id = BeginFile();
        letOpen.Set();

        await AwaitAssertAsync(() => Assert.All(streams, s => Assert.True(s.IsClosed)), Patience);
        Assert.True(Said(Control.KindOneofCase.TransferStalled).TransferStalled.Stalled);
        await AwaitAssertAsync(async () => Assert.Empty(await SessionsAsync()), Patience);
        var later = new FakeConnection();
        Context.Events.Publish(new PeerEvents.StreamOpened(_ann.DeviceId, Link, id, 4, later.Secured()));
        await HeardAsync();
        Advance(Context.TransferTuning.LongestDiskRetry);
        Said(Control.KindOneofCase.PageWanted);
        Assert.False(Said(Control.KindOneofCase.TransferStalled).TransferStalled.Stalled);
        Assert.False(later.IsClosed);
    }

    [Fact]
    public async Task What_is_cancelled_while_it_waits_to_be_made_anew_and_nobody_is_there_is_answered_when_its_sender_comes_back()
    {
        OnNote = note =>
        {
            if (note != "state")
                return;
            OnNote = _ => { };
            throw new StorageFullException("no space left on the disk");
        };
        var (id, manifest) = BeginFolder();
        Said(Control.KindOneofCase.TransferStalled);
        await AwaitAssertAsync(async () => Assert.Empty(await SessionsAsync()), Patience);
        Context.Events.Publish(new PeerEvents.LinkClosed(_ann.DeviceId, Link, LinkEnd.Cut, "gone"));
        Transfers.Tell(new TransferCommands.CancelTransfer(id), TestActor);
        ExpectMsg<Device.Transfers.TransferAnswer>();

        Context.Events.Publish(new PeerEvents.LinkOpened(_ann.DeviceId, new LinkId(6), _ann.Certificate));
        Hear(Resumed(id, manifest));

        Said(Control.KindOneofCase.TransferCancelled);
    }

    private static bool IsGivenBack(InboundFrame frame)
    {
        try
        {
            return frame.Bytes(0).Count == 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    [Fact]
    public async Task One_that_waits_for_its_confirmation_holds_nothing_open_and_tells_its_receipt_again()
    {
        var (id, manifest) = BeginFolder();
        Said(Control.KindOneofCase.Receipt);
        await AssertNothingOpenAsync();

        Hear(Resumed(id, manifest));
        Said(Control.KindOneofCase.Receipt);
        // As another process would find it.
        var session = Assert.Single(await SessionsAsync());
        await session.GracefulStop(Patience);
        await HeardAsync();
        Hear(Resumed(id, manifest));
        Said(Control.KindOneofCase.Receipt);
        await AssertNothingOpenAsync();

        Hear(Confirmed(id));
        await AwaitAssertAsync(async () => Assert.Empty(await SessionsAsync()), Patience);
        Assert.Empty(Directory.GetFileSystemEntries(Inbox, ".openshare*"));
    }

    [Fact]
    public async Task Of_those_that_wait_for_their_confirmation_no_more_than_so_many_have_a_session()
    {
        var last = default((TransferId Id, ManifestId Manifest));
        var first = BeginFolder();
        Said(Control.KindOneofCase.Receipt);
        for (var i = 0; i < Context.TransferTuning.ReceivedAtOnce + 5; i++)
        {
            last = BeginFolder();
            Said(Control.KindOneofCase.Receipt);
        }

        await AwaitAssertAsync(async () => Assert.Equal(Context.TransferTuning.ReceivedAtOnce, (await SessionsAsync()).Count), Patience);
        Hear(Resumed(first.Id, first.Manifest));
        Assert.Equal(first.Id, TransferMessages.TransferOf(Said(Control.KindOneofCase.Receipt)));
        Hear(Confirmed(last.Id));
    }

    [Fact]
    public async Task So_many_of_a_peer_are_under_way_and_one_more_is_declined_until_one_is_over()
    {
        var first = BeginFile();
        for (var i = 1; i < Context.TransferTuning.ReceivedAtOnce; i++)
            BeginFile();
        for (var i = 0; i < Context.TransferTuning.ReceivedAtOnce; i++)
            Assert.Equal(TransferAnswer.Types.Answer.Accepted, Said(Control.KindOneofCase.TransferAnswer).TransferAnswer.Answer);

        BeginFile();
        var refused = Said(Control.KindOneofCase.TransferAnswer).TransferAnswer;
        Assert.Equal(TransferAnswer.Types.Answer.Declined, refused.Answer);
        Assert.Contains("are under way there already", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(Context.TransferTuning.ReceivedAtOnce, (await SessionsAsync()).Count);

        Hear(new Control { TransferCancelled = new TransferCancelled { TransferId = Bytes(first.ToBytes()), Reason = "enough" } });
        await AwaitAssertAsync(async () => Assert.Equal(Context.TransferTuning.ReceivedAtOnce - 1, (await SessionsAsync()).Count), Patience);
        BeginFile();
        Assert.Equal(TransferAnswer.Types.Answer.Accepted, Said(Control.KindOneofCase.TransferAnswer).TransferAnswer.Answer);
    }

    private (TransferId Id, ManifestId Manifest) BeginFolder()
    {
        var (id, list) = NewList(out var manifest);
        list.AddDirectory(RelativePath.Parse("t"), 0x1ED, 0);
        Hear(TransferMessages.Offer(id, list.Finish()));
        return (id, manifest);
    }

    private TransferId BeginFile()
    {
        var (id, list) = NewList(out _);
        list.BeginFile(RelativePath.Parse("a"), 5, 0x1A4, 0);
        list.AddChunk(System.Security.Cryptography.SHA256.HashData("12345"u8), 5);
        Hear(TransferMessages.Offer(id, list.Finish()));
        return id;
    }

    private (TransferId Id, ManifestBuilder List) NewList(out ManifestId manifest)
    {
        manifest = ManifestId.New(Context.Random);
        return (TransferId.New(Context.Random), new ManifestBuilder(_ann.Key, manifest, _ann.DeviceId, Self.DeviceId));
    }

    private void Hear(Control message) => Context.Events.Publish(new PeerEvents.ControlReceived(_ann.DeviceId, Link, message));

    private Control Said(Control.KindOneofCase what) =>
        Peers.FishForMessage<PeerCommands.SendControl>(m => m.Message.KindCase == what, max: Patience).Message;

    private Task AssertNothingOpenAsync() => AwaitAssertAsync(() => Assert.Equal(0, Disk.OpenDestinations), Patience);

    private async Task<List<IActorRef>> SessionsAsync()
    {
        await HeardAsync();
        return [.. ((ActorRefWithCell)Transfers).Children];
    }

    private static Control Resumed(TransferId id, ManifestId manifest) =>
        new() { TransferResumed = new TransferResumed { TransferId = Bytes(id.ToBytes()), ManifestId = Bytes(manifest.ToBytes()) } };

    private static Control Confirmed(TransferId id) => new() { ReceiptConfirmed = new ReceiptConfirmed { TransferId = Bytes(id.ToBytes()) } };

    private static ByteString Bytes(byte[] bytes) => ByteString.CopyFrom(bytes);
}
