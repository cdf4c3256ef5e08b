using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Views;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A tree that gets another name, and most of which stands there: that is copied, and copies need room.</summary>
public sealed class CopiedRoomTests : TransferSpecs
{
    private const int FileSize = 200_000;
    private const int Files = 5;
    private static readonly DiskResult Full = new(DiskProblem.Full, "t: no space left on the disk");

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;

    public CopiedRoomTests()
    {
        (_ann, _ben) = Devices();
        for (var i = 0; i < Files; i++)
            _ann.Write($"t/f{i}", FileSize, seed: i);
    }

    [Fact]
    public async Task What_is_to_be_copied_is_not_begun_without_room_for_it()
    {
        await StandsAsync();
        _ben.Disk.Free = () => Files * FileSize * 4 / 5;

        var failed = await _ann.EndsAsync(await _ann.SendAsync(_ben, "t"));

        Assert.Equal((TransferState.Failed, 0), (failed.State, failed.BytesDone));
        Assert.Equal("There is not enough room on the other device's disk: 977 KiB are needed and 781 KiB are free.", failed.Detail);
        await OnlyTreeIsThereAsync();
    }

    [Fact]
    public async Task With_room_for_its_copies_it_is_delivered_and_they_need_none_after_it()
    {
        await StandsAsync();
        var written = _ben.Disk.Writes.Count;
        _ben.Disk.Free = () => (Files * FileSize * 2) - ((_ben.Disk.Writes.Count - written) * FileSize);
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "t")), delivered: Files + 1);

        _ann.Write("u", Files * FileSize);

        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "u")), delivered: 1);
    }

    [Fact]
    public async Task A_tree_that_stands_there_whole_needs_no_room()
    {
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "t")), delivered: Files + 1);
        _ben.Disk.Free = () => 0;

        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "t")), delivered: Files + 1);
    }

    [Fact]
    public async Task A_single_file_that_differs_from_what_stands_there_needs_its_room()
    {
        _ann.Write("one", FileSize, seed: 1);
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "one")), delivered: 1);
        _ann.Write("one", FileSize, seed: 2);
        _ben.Disk.Free = () => FileSize / 2;

        var failed = await _ann.EndsAsync(await _ann.SendAsync(_ben, "one"));

        Assert.Equal((TransferState.Failed, 0), (failed.State, failed.BytesDone));
        Assert.Contains("not enough room", failed.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_finds_no_room_to_be_copied_after_all_can_be_cancelled_on_either_side(bool bySender)
    {
        await StandsAsync();
        var prepared = 0;
        _ben.Disk.OnPrepare = () => Interlocked.Increment(ref prepared) > 1 ? Full : DiskResult.Done;
        var id = await _ann.SendAsync(_ben, "t");
        await _ben.SeesAsync(id, v => v.State == TransferState.Waiting);

        await (bySender ? _ann : _ben).CancelAsync(id);

        Assert.Equal(TransferState.Cancelled, (await (bySender ? _ben : _ann).EndsAsync(id)).State);
        await OnlyTreeIsThereAsync();
    }

    [Fact]
    public async Task Copying_that_is_cancelled_goes_on_with_no_more_of_it()
    {
        await StandsAsync();
        using var mayGoOn = new ManualResetEventSlim();
        var (copying, written) = (new TaskCompletionSource(), _ben.Disk.Writes.Count);
        _ben.Disk.OnRoom = () =>
        {
            // The first is the one that travels.
            if (_ben.Disk.Writes.Count > written && copying.TrySetResult())
                mayGoOn.Wait(TimeSpan.FromSeconds(20));
            return DiskResult.Done;
        };
        var id = await _ann.SendAsync(_ben, "t");
        await copying.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await _ann.CancelAsync(id);
        await _ben.EndsAsync(id);
        mayGoOn.Set();

        await OnlyTreeIsThereAsync();
        Assert.Equal(written + 2, _ben.Disk.Writes.Count);
    }

    /// <summary>All of it stands there, but for one file.</summary>
    private async Task StandsAsync()
    {
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "t")), delivered: Files + 1);
        await OnlyTreeIsThereAsync();
        _ann.Write("t/f0", FileSize, seed: Files);
    }

    private Task OnlyTreeIsThereAsync() => AwaitAssertAsync(
        () => Assert.Equal(["t"], Directory.GetFileSystemEntries(_ben.Inbox).Select(Path.GetFileName)), TimeSpan.FromSeconds(10));
}
