using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A receiving disk that is full in the middle, and then is not.</summary>
public sealed class FullDiskTests : TransferSpecs
{
    private const int Chunks = 40;
    private static readonly DiskResult Full = new(DiskProblem.Full, "a.bin: no space left on the disk");

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly byte[] _content;
    private int _writes;
    private volatile bool _isFull = true;

    public FullDiskTests()
    {
        (_ann, _ben) = Devices();
        _content = _ann.Write("a.bin", Chunks * Chunk);
        _ben.Disk.OnRoom = () => _isFull && Interlocked.Increment(ref _writes) > 3 ? Full : DiskResult.Done;
    }

    [Fact]
    public async Task A_disk_that_is_full_is_said_on_both_sides_and_waited_for_and_nothing_travels_twice()
    {
        var id = await WaitingAsync();
        var read = _ann.Disk.Reads.Count;
        // Each stream has a frame or two that wait, and the sender's windows are full: more is not read.
        Assert.InRange(_ben.Disk.Writes.Count, 1, 3);

        _isFull = false;

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
        Assert.Equal(Chunks, _ben.Disk.Writes.Count);
        // Once to be hashed, once to be sent.
        Assert.Equal(2 * Chunks, _ann.Disk.Reads.Count);
        Assert.True(read < 2 * Chunks, "all was read while it waited");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_waits_for_a_full_disk_can_be_cancelled_on_either_side_and_leaves_nothing(bool bySender)
    {
        var id = await WaitingAsync();

        await (bySender ? _ann : _ben).CancelAsync(id);

        Assert.Equal(TransferState.Cancelled, (await (bySender ? _ben : _ann).EndsAsync(id)).State);
        await AwaitAssertAsync(() => Assert.Empty(Directory.GetFileSystemEntries(_ben.Inbox)), TimeSpan.FromSeconds(10));
        await AwaitAssertAsync(() => Assert.Equal(0, _ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_receiver_that_is_started_anew_meanwhile_goes_on_once_there_is_room()
    {
        var id = await WaitingAsync();
        await _ben.KillAsync();
        _isFull = false;

        _ben.Start();
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    [Fact]
    public async Task A_receiver_that_starts_anew_on_the_same_link_has_the_sender_go_on()
    {
        var id = await WaitingAsync();

        _ben.FailTransfers();
        _isFull = false;

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    [Fact]
    public async Task A_sender_that_is_started_anew_meanwhile_is_told_what_is_waited_for()
    {
        var id = await WaitingAsync();
        await _ann.KillAsync();

        _ann.Start();
        _ann.See(_ben);
        await _ann.SeesAsync(id, v => v is { State: TransferState.Waiting, Detail: "a.bin: no space left on the disk" });
        _isFull = false;

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    [Theory]
    [InlineData("the database")]
    [InlineData("the disk")]
    public async Task What_is_opened_after_a_restart_and_finds_no_room_waits_for_it_too(string whose)
    {
        var id = await RestartedAsync(whose);
        foreach (var device in (TransferDevice[])[_ann, _ben])
            await device.SeesAsync(id, v => v is { State: TransferState.Waiting, Detail: "a.bin: no space left on the disk" });

        _isFull = false;

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_waits_to_be_opened_can_be_cancelled_on_either_side_and_leaves_nothing(bool bySender)
    {
        var id = await RestartedAsync("the database");
        await _ann.SeesAsync(id, v => v is { State: TransferState.Waiting, Detail: "a.bin: no space left on the disk" });

        Assert.Equal(TransferState.Cancelled, (await (bySender ? _ann : _ben).CancelAsync(id))!.State);

        Assert.Equal(TransferState.Cancelled, (await (bySender ? _ben : _ann).EndsAsync(id)).State);
        await AwaitAssertAsync(() => Assert.Empty(Directory.GetFileSystemEntries(_ben.Inbox)), TimeSpan.FromSeconds(10));
        await AwaitAssertAsync(() => Assert.Equal(0, _ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task It_waits_over_a_lost_link_as_well()
    {
        var id = await RestartedAsync("the database");
        await _ann.SeesAsync(id, v => v is { State: TransferState.Waiting });
        await _ann.KillAsync();
        _ann.Start();
        _ann.See(_ben);
        await _ann.SeesAsync(id, v => v is { State: TransferState.Waiting });

        _isFull = false;

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
    }

    [Fact]
    public async Task Once_all_that_waited_is_withdrawn_nothing_waits_any_more()
    {
        using var readWithdrawn = new ManualResetEventSlim();
        using var readLast = new ManualResetEventSlim();
        _ann.Write("b.bin", 6 * Chunk);
        var last = _ann.Write("c.bin", Chunk);
        _writes = 3;
        // The last is hashed in one go, and then all is sent.
        var isHashed = false;
        _ann.Disk.OnRead = place =>
        {
            if (!isHashed)
                isHashed = place.Path == "c.bin";
            else if (place is { Path: "b.bin", Offset: >= 2 * Chunk })
                readWithdrawn.Wait(TimeSpan.FromSeconds(60));
            else if (place.Path == "c.bin")
                readLast.Wait(TimeSpan.FromSeconds(60));
        };
        var id = await _ann.SendAsync(_ben, "b.bin", "c.bin");
        await _ben.SeesAsync(id, v => v.State == TransferState.Waiting);

        File.AppendAllText(Path.Combine(_ann.Files, "b.bin"), "more");
        readWithdrawn.Set();

        await _ben.SeesAsync(id, v => v.State == TransferState.Transferring);
        Assert.True(_isFull);
        _isFull = false;
        readLast.Set();
        var end = await _ann.EndsAsync(id);
        Assert.Equal((TransferState.Incomplete, 1, 1), (end.State, end.Receipt!.Delivered, end.Receipt.Withdrawn));
        Assert.Equal(last, _ben.Arrived("c.bin"));
    }

    [Fact]
    public async Task What_was_copied_for_a_page_that_could_not_be_noted_is_not_copied_again()
    {
        _isFull = false;
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "a.bin")), delivered: 1);
        File.Move(Path.Combine(_ann.Files, "a.bin"), Path.Combine(_ann.Files, "b.bin"));
        var writes = _ben.Disk.Writes.Count;
        _ben.IsDatabaseFull = true;

        var id = await _ann.SendAsync(_ben, "b.bin");
        await _ben.SeesAsync(id, v => v is { State: TransferState.Waiting });
        _ben.IsDatabaseFull = false;

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(Chunks, _ben.Disk.Writes.Count - writes);
        Assert.Equal(_content, _ben.Arrived("b.bin"));
    }

    // Some of it has arrived, and the machine that has it comes up on a full disk.
    private async Task<TransferId> RestartedAsync(string whose)
    {
        var id = await WaitingAsync();
        await _ben.KillAsync();
        if (whose == "the disk")
            _ben.Disk.OnPrepare = () => _isFull ? Full : DiskResult.Done;
        else
            _ben.Disk.OnPrepare = () => _isFull ? throw new StorageFullException(Full.Detail) : DiskResult.Done;
        _ben.Start();
        _ann.See(_ben);
        return id;
    }

    private async Task<TransferId> WaitingAsync()
    {
        var id = await _ann.SendAsync(_ben, "a.bin");
        foreach (var device in (TransferDevice[])[_ann, _ben])
            await device.SeesAsync(id, v => v is { State: TransferState.Waiting, Detail: "a.bin: no space left on the disk" });
        return id;
    }
}
