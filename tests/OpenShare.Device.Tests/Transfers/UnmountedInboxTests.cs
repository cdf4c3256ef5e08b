using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Transfer;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>An agent that starts before the disk is mounted that its inbox is on. A directory that is moved away stands for it.</summary>
public sealed class UnmountedInboxTests : TransferSpecs
{
    private const int Chunks = 20;
    private const string IsNotThere = "it is not there; is the disk mounted that has what arrived before? If it is gone for good, cancel this and have it sent again.";
    private const string IsAnother = "it is not the folder that it was; is the disk mounted that has what arrived before? If it is gone for good, cancel this and have it sent again.";

    private readonly TemporaryFolder _folder = new();
    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly byte[] _content;
    private readonly ManualResetEventSlim _letThrough = new();
    private HashSet<long> _noted = [];

    public UnmountedInboxTests()
    {
        _ann = Start("ann");
        _ben = Start(
            "ben", Path.Combine(Mount, "inbox"), tuning: TransferTuning.Default with { DiskRetry = TimeSpan.FromMilliseconds(50) });
        _content = _ann.Write("a.bin", Chunks * Chunk);
    }

    private string Mount => _folder["usb"];

    private string Disk => _folder["disk"];

    private string Partial => Path.Combine(_ben.Inbox, ".openshare-partial");

    /// <param name="isMountPoint">the inbox is what the disk is mounted on, and stands there empty</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_said_on_both_sides_and_waited_for_and_nothing_is_made_and_nothing_travels_twice(bool isMountPoint)
    {
        var id = await WaitingAsync(isMountPoint);
        Assert.Equal(isMountPoint ? [_ben.Inbox] : [], Directory.GetFileSystemEntries(Mount, "*", SearchOption.AllDirectories));

        BringBack();

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
        AssertResumed();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_waits_for_it_can_be_cancelled_on_either_side_and_is_swept_once_it_is_there(bool bySender)
    {
        var id = await WaitingAsync(isMountPoint: true);

        await (bySender ? _ann : _ben).CancelAsync(id);

        Assert.Equal(TransferState.Cancelled, (await (bySender ? _ben : _ann).EndsAsync(id)).State);
        await AwaitAssertAsync(() => Assert.Equal(0, _ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));
        Assert.Empty(Directory.GetFileSystemEntries(_ben.Inbox));

        await _ben.KillAsync();
        BringBack();
        Assert.True(Directory.Exists(Partial));
        _ben.Start();
        await AwaitAssertAsync(() => Assert.False(Directory.Exists(Partial)), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task It_waits_over_further_starts_as_well()
    {
        var id = await WaitingAsync(isMountPoint: true);
        await _ben.KillAsync();
        await StartAsync(id, IsAnother);

        BringBack();

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        AssertResumed();
    }

    // The folder is the one that it was, so it is not waited for.
    [Fact]
    public async Task What_was_staged_and_somebody_removed_is_received_again()
    {
        var id = await KilledMidwayAsync();
        Directory.Delete(Partial, recursive: true);

        _ben.Start();
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_nobody_has_accepted_yet_has_nothing_to_wait_for(bool isLinked)
    {
        await _ben.KillAsync();
        _ben.Accept = AcceptPolicy.Ask;
        _ben.Start();
        var id = await _ann.SendAsync(_ben, "a.bin");
        foreach (var device in (TransferDevice[])[_ann, _ben])
            await device.SeesAsync(id, v => v.State == TransferState.AwaitingAnswer);
        await _ben.KillAsync();
        await AwaitAssertAsync(() => Assert.Equal(0, _ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));
        TakeAway(isMountPoint: true);

        _ben.Start();
        if (isLinked)
        {
            _ann.See(_ben);
            await _ann.SeesAsync(id, v => v.State == TransferState.AwaitingAnswer);
        }
        Assert.True((await _ben.AnswerAsync(id, isAccepted: true)).WasAsked);
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
    }

    /// <param name="canBeMade">a folder of its name</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_receipt_is_given_again_without_it_and_nothing_is_made(bool canBeMade)
    {
        var atTheEnd = new TaskCompletionSource();
        _ben.Disk.OnComplete = () =>
        {
            atTheEnd.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        var id = await _ann.SendAsync(_ben, "a.bin");
        await atTheEnd.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await _ann.KillAsync();
        _letThrough.Set();
        AssertCompleted(await _ben.EndsAsync(id), delivered: 1);
        await AwaitAssertAsync(() => Assert.False(Directory.Exists(Partial)), TimeSpan.FromSeconds(10));
        await _ben.KillAsync();
        TakeAway(isMountPoint: false);
        if (!canBeMade)
        {
            Directory.Delete(Mount);
            File.WriteAllText(Mount, "");
        }

        _ben.Start();
        _ann.Start();
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        await AwaitAssertAsync(() => Assert.Empty(_ben.Database.Receipts.Unconfirmed()), TimeSpan.FromSeconds(10));
        var kept = Assert.Single(await _ben.TransfersAsync());
        Assert.Equal((TransferState.Completed, Chunks * Chunk, Chunks), (kept.State, kept.BytesDone, kept.ChunksDone));
        Assert.False(Directory.Exists(_ben.Inbox));
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        base.AfterAll();
        _folder.Dispose();
    }

    private async Task<TransferId> WaitingAsync(bool isMountPoint)
    {
        var id = await KilledMidwayAsync();
        TakeAway(isMountPoint);
        await StartAsync(id, isMountPoint ? IsAnother : IsNotThere);
        return id;
    }

    private async Task StartAsync(TransferId id, string problem)
    {
        _ben.Start();
        _ann.See(_ben);
        foreach (var device in (TransferDevice[])[_ann, _ben])
            await device.SeesAsync(id, v => v is { State: TransferState.Waiting } && v.Detail == $"{_ben.Inbox}: {problem}");
    }

    private async Task<TransferId> KilledMidwayAsync()
    {
        var id = await SendHeldUpAsync(_ann, _ben, "a.bin", _letThrough);
        await _ben.SeesAsync(id, v => v.BytesDone > 0);
        var killed = _ben.KillAsync();
        _letThrough.Set();
        await killed;
        await AwaitAssertAsync(() => Assert.Equal(0, _ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));
        using (var database = DeviceDatabase.Open(_ben.DatabaseFile))
            _noted = [.. database.Chunks.Load(database.Transfers.All().Single().No).SelectMany(OrdinalsOf)];
        _ann.Disk.Reads.Clear();
        return id;
    }

    private void AssertResumed()
    {
        Assert.InRange(_noted.Count, 1, Chunks - 1);
        Assert.DoesNotContain(_ann.Disk.Reads, r => _noted.Contains(r.Offset / Chunk));
    }

    private void TakeAway(bool isMountPoint)
    {
        Directory.Move(_ben.Inbox, Disk);
        if (isMountPoint)
            Directory.CreateDirectory(_ben.Inbox);
    }

    private void BringBack()
    {
        if (Directory.Exists(_ben.Inbox))
            Directory.Delete(_ben.Inbox);
        Directory.Move(Disk, _ben.Inbox);
    }
}
