using System.Collections.Concurrent;
using Akka.Actor;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A receiving disk that is lost under way.</summary>
public sealed class LostDiskTests : TransferSpecs
{
    private const int Chunks = 40;
    private const int HeldUpAt = 10;
    private static readonly DiskResult Lost = new(DiskProblem.Lost, "a.bin: Input/output error");

    private readonly TransferDevice _ann;
    private readonly TaskCompletionSource _isHeldUp = new();
    private readonly ManualResetEventSlim _letThrough = new();
    private readonly ManualResetEventSlim _letSync = new();
    private byte[] _content = [];

    public LostDiskTests() => _ann = Start("ann");

    [SkippableFact]
    public async Task One_that_is_pulled_out_is_waited_for_and_what_was_durable_does_not_travel_again()
    {
        using var disk = await PulledDisk.MountAsync(128);
        var ben = Ben(Path.Combine(disk.Path, "inbox"));
        var id = await SendHeldUpAsync(ben);
        await AwaitConditionAsync(() => Task.FromResult(!ben.Disk.Synced.IsEmpty), TimeSpan.FromSeconds(20));
        var durable = ben.Disk.Writes.Count;

        disk.Pull();
        _letThrough.Set();
        await WaitsAsync(ben, id, v => v.Detail!.EndsWith("error", StringComparison.Ordinal));
        await disk.UnmountAsync();
        await WaitsAsync(ben, id, v => v.Detail!.Contains("is the disk mounted that has what arrived before?", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(disk.Path));
        await AwaitAssertAsync(() => Assert.Equal(0, ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));
        ben.Disk.Writes.Clear();
        Assert.True(await disk.PutBackAsync());

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, ben.Arrived("a.bin"));
        Assert.InRange(durable, HeldUpAt / 2, HeldUpAt);
        Assert.Equal(Chunks - durable, ben.Disk.Writes.Count);
    }

    // The system says once what it could not write, and drops it: a second sync would succeed.
    [Fact]
    public async Task What_a_failed_checkpoint_was_to_keep_is_written_again()
    {
        var ben = Ben();
        var syncs = 0;
        ben.Disk.OnKeep = () => ++syncs == 1 ? new DiskResult(DiskProblem.Failed, "a.bin: what was written does not outlive a loss of power") : DiskResult.Done;
        var id = await SendHeldUpAsync(ben);
        await WaitsAsync(ben, id, v => v.Detail!.EndsWith("does not outlive a loss of power", StringComparison.Ordinal));
        _letThrough.Set();

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, ben.Arrived("a.bin"));
        var again = ben.Disk.Writes.GroupBy(w => w.Offset).Count(g => g.Count() > 1);
        Assert.InRange(again, HeldUpAt / 2, Chunks - 1);
    }

    // That sync would be told of what the disk does not take, and of what the next session wrote meanwhile.
    [Fact]
    public async Task A_session_that_is_made_anew_waits_for_the_sync_of_the_one_before()
    {
        var ben = Ben();
        var (events, syncing) = (new ConcurrentQueue<string>(), new TaskCompletionSource());
        ben.Disk.OnOpen = () => events.Enqueue("opened");
        ben.Disk.OnSync = () =>
        {
            if (!syncing.TrySetResult())
                return;
            _letSync.Wait(TimeSpan.FromSeconds(20));
            events.Enqueue("synced");
        };
        var id = await SendHeldUpAsync(ben);
        await syncing.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var first = await SessionAsync();

        ben.OnNote = note =>
        {
            if (note == "state")
                throw new StorageFullException("no space left on the disk");
        };
        await Assert.ThrowsAsync<StorageFullException>(() => ben.PauseAsync(id, isPaused: true));
        ben.OnNote = _ => { };
        await AwaitAssertAsync(async () => Assert.NotEqual(first, await SessionAsync()), TimeSpan.FromSeconds(20));
        Assert.Null(await ben.FilesAsync(id));
        events.Enqueue("let through");
        _letSync.Set();
        _letThrough.Set();

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(["opened", "let through", "synced", "opened"], events.Take(4));

        async Task<IActorRef> SessionAsync() => await Sys.ActorSelection(ben.TransfersPath / $"from-*-{id}-*").ResolveOne(TimeSpan.FromSeconds(10));
    }

    [SkippableFact]
    public async Task One_that_is_mounted_for_reading_only_is_waited_for()
    {
        using var disk = await PulledDisk.MountAsync(128);
        var ben = Ben(Path.Combine(disk.Path, "inbox"));
        var id = await SendHeldUpAsync(ben);
        var killed = ben.KillAsync();
        _letThrough.Set();
        await killed;
        await AwaitAssertAsync(() => Assert.Equal(0, ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));
        // Until the last of what was killed is closed, it is busy.
        await AwaitAssertAsync(async () => Assert.True(await disk.RemountAsync("ro")), TimeSpan.FromSeconds(10));

        ben.Start();
        _ann.See(ben);
        await WaitsAsync(ben, id, v => v.Detail!.EndsWith("the disk can only be read", StringComparison.Ordinal));
        Assert.True(await disk.RemountAsync("rw"));

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, ben.Arrived("a.bin"));
    }

    [Fact]
    public async Task One_that_is_there_and_broken_is_not_tried_for_ever()
    {
        var ben = Ben();
        ben.Disk.OnRoom = () => Lost;
        var id = await _ann.SendAsync(ben, "a.bin");

        foreach (var device in (TransferDevice[])[_ann, ben])
        {
            var failed = await device.EndsAsync(id);
            Assert.Equal((TransferState.Failed, Lost.Detail), (failed.State, failed.Detail));
        }
        await AwaitAssertAsync(() => Assert.Equal(0, ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));
        await AwaitAssertAsync(() => Assert.Empty(Directory.GetFileSystemEntries(ben.Inbox)), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task What_waits_for_it_can_be_cancelled()
    {
        var ben = Ben(longestRetry: TimeSpan.FromMinutes(5));
        ben.Disk.OnRoom = () => Lost;
        var id = await _ann.SendAsync(ben, "a.bin");
        await WaitsAsync(ben, id, v => v.Detail == Lost.Detail);

        await ben.CancelAsync(id);

        Assert.Equal(TransferState.Cancelled, (await _ann.EndsAsync(id)).State);
        await AwaitAssertAsync(() => Assert.Empty(Directory.GetFileSystemEntries(ben.Inbox)), TimeSpan.FromSeconds(10));
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        _letSync.Set();
        base.AfterAll();
    }

    private TransferDevice Ben(string? inbox = null, TimeSpan? longestRetry = null)
    {
        _content = _ann.Write("a.bin", Chunks * Chunk);
        var tuning = TransferTuning.Default with { DiskRetry = TimeSpan.FromMilliseconds(50), LongestDiskRetry = longestRetry ?? TimeSpan.FromSeconds(1) };
        // One is to sync while all that the sender has under way is held up.
        return Start("ben", inbox, tuning: tuning, workers: 32);
    }

    private async Task<TransferId> SendHeldUpAsync(TransferDevice ben)
    {
        ben.Disk.OnWrite = number =>
        {
            if (number < HeldUpAt)
                return;
            _isHeldUp.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        var id = await _ann.SendAsync(ben, "a.bin");
        await _isHeldUp.Task.WaitAsync(TimeSpan.FromSeconds(20));
        return id;
    }

    private async Task WaitsAsync(TransferDevice ben, TransferId id, Func<TransferView, bool> why)
    {
        foreach (var device in (TransferDevice[])[_ann, ben])
            await device.SeesAsync(id, v => v.State == TransferState.Waiting && why(v));
    }
}
