using System.Collections.Concurrent;
using Akka.Actor;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Several transfers that arrive on one disk: none is promised what another was.</summary>
public sealed class RoomTests : TransferSpecs
{
    private const int FileSize = 200_000;
    private const int Files = 5;
    private const long Tree = Files * FileSize;

    private readonly TransferDevice _ann;
    private readonly TransferDevice _cat;
    private readonly TransferDevice _ben;
    private readonly ManualResetEventSlim _letThrough = new();
    private long _size = Tree * 3 / 2;

    public RoomTests()
    {
        (_ann, _cat, _ben) = (Start("ann"), Start("cat"), Start("ben"));
        // A disk of this size on which nothing takes room but what has arrived: small files take none in advance.
        _ben.Disk.Free = () => Volatile.Read(ref _size) - (_ben.Disk.Writes.Distinct().Count() * FileSize);
        foreach (var sender in new[] { _ann, _cat })
        {
            for (var i = 0; i < Files; i++)
                sender.Write($"t/f{i}", FileSize, seed: i);
        }
    }

    [Fact]
    public async Task Of_two_offers_that_race_for_the_same_room_exactly_one_is_accepted()
    {
        Hold(_ann);
        Hold(_cat);
        var ids = await Task.WhenAll(_ann.SendAsync(_ben, "t"), _cat.SendAsync(_ben, "t"));
        var (first, second) = (_ann.EndsAsync(ids[0]), _cat.EndsAsync(ids[1]));

        var refused = await await Task.WhenAny(first, second);
        _letThrough.Set();
        var accepted = await (refused.Id == ids[0] ? second : first);

        Assert.Equal((TransferState.Failed, 0), (refused.State, refused.BytesDone));
        Assert.Equal(
            "There is not enough room on the other device's disk: 977 KiB are needed and 1.4 MiB are free, 977 KiB of them promised to other transfers.",
            refused.Detail);
        AssertCompleted(accepted, delivered: Files + 1);
    }

    [Fact]
    public async Task Room_comes_back_when_a_transfer_is_cancelled()
    {
        var first = await PromisedAsync(_ann);
        await RefusedAsync(_cat);

        await _ann.CancelAsync(first);
        await _ben.EndsAsync(first);

        AssertCompleted(await _cat.EndsAsync(await _cat.SendAsync(_ben, "t")), delivered: Files + 1);
    }

    [Fact]
    public async Task Room_comes_back_when_a_session_dies()
    {
        var closed = CreateTestProbe();
        _ben.Context.Events.Subscribe<PeerEvents.LinkClosed>(closed.Ref);
        var first = await PromisedAsync(_ann);
        // Without its sender the session that is made anew opens nothing, and so needs nothing.
        await _ann.KillAsync();
        await closed.FishForMessageAsync<PeerEvents.LinkClosed>(m => m.Device == _ann.Identity.DeviceId, TimeSpan.FromSeconds(20));
        await RefusedAsync(_cat);

        var session = await Sys.ActorSelection(_ben.TransfersPath / $"from-*-{first}-*").ResolveOne(TimeSpan.FromSeconds(10));
        await WatchAsync(session);
        session.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(session, TimeSpan.FromSeconds(10));
        _letThrough.Set();

        AssertCompleted(await _cat.EndsAsync(await _cat.SendAsync(_ben, "t")), delivered: Files + 1);
    }

    [Fact]
    public async Task What_was_promised_before_a_restart_is_promised_after_it()
    {
        Hold(_ann, after: 2);
        var first = await _ann.SendAsync(_ben, "t");
        await _ben.SeesAsync(first, v => v.ChunksDone == 2);
        await _ben.KillAsync();
        _ben.Start();
        _ann.See(_ben);
        await _ben.SeesAsync(first, v => v.State == TransferState.Transferring);

        var refused = await RefusedAsync(_cat);
        _letThrough.Set();

        Assert.EndsWith("1 MiB are free, 586 KiB of them promised to other transfers.", refused.Detail, StringComparison.Ordinal);
        AssertCompleted(await _ann.EndsAsync(first), delivered: Files + 1);
    }

    [Fact]
    public async Task While_another_takes_its_room_nobody_is_refused_for_want_of_it()
    {
        // Each fits beside the other. But while the first takes its room, it is taken on the disk and promised as well.
        var (taking, asking, mayGoOn, taken, asked) = (new TaskCompletionSource(), new TaskCompletionSource(), new ManualResetEventSlim(), 0L, 0);
        _ben.Disk.Free = () =>
        {
            if (Interlocked.Increment(ref asked) == 2)
                asking.SetResult();
            return (Tree * 2) - Volatile.Read(ref taken);
        };
        _ben.Disk.OnPrepare = () =>
        {
            if (taking.TrySetResult())
            {
                mayGoOn.Wait(TimeSpan.FromSeconds(20));
                Volatile.Write(ref taken, 0);
            }
            return DiskResult.Done;
        };
        Volatile.Write(ref taken, 0);
        var first = await _ann.SendAsync(_ben, "t");
        await taking.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Volatile.Write(ref taken, Tree);
        var second = await _cat.SendAsync(_ben, "t");
        await asking.Task.WaitAsync(TimeSpan.FromSeconds(20));
        mayGoOn.Set();

        AssertCompleted(await _ann.EndsAsync(first), delivered: Files + 1);
        AssertCompleted(await _cat.EndsAsync(second), delivered: Files + 1);
    }

    [Fact]
    public async Task An_offer_that_grows_beyond_the_room_waits_for_more_and_says_so()
    {
        // More files than a page lists: the first page's fit, the second's do not.
        for (var i = 0; i < 2000; i++)
            _ann.Write($"many/{i:0000}", 1000);
        var size = 1_500_000;
        _ben.Disk.Free = () => Volatile.Read(ref size) - (_ben.Disk.Writes.Count * 1000);
        var id = await _ann.SendAsync(_ben, "many");

        var waiting = await _ann.SeesAsync(id, v => v.State == TransferState.Waiting);
        Assert.Matches(@"^There is not enough room on the other device's disk: [0-9.]+ [KM]iB are needed and [0-9.]+ [KM]iB are free\.$", waiting.Detail);
        Volatile.Write(ref size, 2_500_000);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 2001);
    }

    /// <summary>While its sender waits nothing that it was promised is written, and so nothing is told that would have it asked again.</summary>
    [Fact]
    public async Task Room_that_comes_back_piece_by_piece_ends_the_wait_too()
    {
        const int Size = 40_000;
        for (var i = 0; i < 500; i++)
            _ann.Write($"many/{i:000}", Size);
        // Of the first page more than half comes, and then nothing: as if that were the window.
        Hold(_ann, after: 150);
        var (size, asked) = (14_000_000L, 0);
        _ben.Disk.Free = () =>
        {
            Interlocked.Increment(ref asked);
            return Volatile.Read(ref size) - (_ben.Disk.Writes.Distinct().Count() * Size);
        };
        var id = await _ann.SendAsync(_ben, "many");
        await _ben.SeesAsync(id, v => v.State == TransferState.Waiting);

        // Enough but for what is promised and cannot come.
        Volatile.Write(ref size, 18_000_000);
        var before = Volatile.Read(ref asked);
        await AwaitConditionAsync(() => Task.FromResult(Volatile.Read(ref asked) > before), TimeSpan.FromSeconds(30));
        Volatile.Write(ref size, 100_000_000);
        before = Volatile.Read(ref asked);
        await AwaitConditionAsync(() => Task.FromResult(Volatile.Read(ref asked) > before), TimeSpan.FromSeconds(30));
        _letThrough.Set();

        AssertCompleted(await _ann.EndsAsync(id), delivered: 501);
    }

    [Fact]
    public async Task A_file_that_later_pages_go_on_with_does_not_have_the_next_wait_for_ever()
    {
        // With a hole in it, so that its room is taken as it is written; and its last chunks are listed with what does not fit.
        using (var file = File.Create(Path.Combine(_ann.Files, "a")))
        {
            file.Position = Chunk;
            file.Write(new Random(1).NextBytes(40 * Chunk));
        }
        _ann.Write("b", 30 * Chunk);
        var size = 65L * Chunk;
        _ben.Disk.Free = () => Volatile.Read(ref size) - ((long)_ben.Disk.Writes.Count * Chunk);
        var id = await _ann.SendAsync(_ben, "a", "b");

        foreach (var device in (TransferDevice[])[_ben, _ann])
        {
            var waiting = await device.SeesAsync(id, v => v.State == TransferState.Waiting);
            Assert.StartsWith("There is not enough room on the other device's disk: ", waiting.Detail, StringComparison.Ordinal);
        }
        Volatile.Write(ref size, 150L * Chunk);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 2);
    }

    [SkippableFact]
    public async Task A_file_that_has_its_room_once_it_is_made_is_not_counted_twice()
    {
        Skip.IfNot(TakesRoomInAdvance(), "the file system of the temporary directory gives no room in advance");
        _ann.Write("large", 8 * Chunk);
        var content = _cat.Write("other", 3 * Chunk);
        var large = 0L;
        _ben.Disk.Free = () => (12L * Chunk) - Volatile.Read(ref large);
        Hold(_ann);
        var first = await _ann.SendAsync(_ben, "large");
        await _ben.SeesAsync(first, v => v.State == TransferState.Transferring && v.BytesTotal == 8 * Chunk);
        await AwaitAssertAsync(() => Assert.Equal(8 * Chunk, new FileInfo(Assert.Single(Directory.GetFiles(_ben.Inbox, "large", SearchOption.AllDirectories))).Length), TimeSpan.FromSeconds(10));
        Volatile.Write(ref large, 8 * Chunk);

        var second = await _cat.SendAsync(_ben, "other");

        AssertCompleted(await _cat.EndsAsync(second), delivered: 1);
        Assert.Equal(content, _ben.Arrived("other"));
        _letThrough.Set();
        AssertCompleted(await _ann.EndsAsync(first), delivered: 1);
    }

    private bool TakesRoomInAdvance()
    {
        using var probe = new LocalDisk().OpenDestination(_ann.Inbox, _cat.Identity.DeviceId, TransferId.New(_ann.Context.Random)).Value!;
        probe.Prepare([new DestinationEntry(0, "probe", Protocol.Wire.EntryKind.EntryFile, Chunk, 0, 0, "")]);
        probe.Discard();
        return probe.RoomTakenFrom <= Chunk;
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        base.AfterAll();
    }

    // What is sent is read twice: to be hashed, and to travel.
    private void Hold(TransferDevice sender, int after = 0)
    {
        var (hashed, sent) = (new ConcurrentDictionary<ObservedDisk.Place, bool>(), 0);
        sender.Disk.OnRead = place =>
        {
            if (!hashed.TryAdd(place, true) && Interlocked.Increment(ref sent) > after)
                _letThrough.Wait(TimeSpan.FromSeconds(90));
        };
    }

    /// <summary>Accepted, and held up before its first byte travels.</summary>
    private async Task<TransferId> PromisedAsync(TransferDevice sender)
    {
        Hold(sender);
        var id = await sender.SendAsync(_ben, "t");
        await _ben.SeesAsync(id, v => v.State == TransferState.Transferring);
        return id;
    }

    private async Task<TransferView> RefusedAsync(TransferDevice sender)
    {
        var view = await sender.EndsAsync(await sender.SendAsync(_ben, "t"));
        Assert.Equal(TransferState.Failed, view.State);
        Assert.Contains("not enough room", view.Detail, StringComparison.Ordinal);
        return view;
    }
}
