using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Views;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>The staging place is there while it is needed: not longer, and no handle into it.</summary>
public sealed class StagingTests : TransferSpecs
{
    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly ManualResetEventSlim _letThrough = new();

    public StagingTests()
    {
        (_ann, _ben) = Devices();
        _ann.Write("a.bin", 10 * Chunk);
    }

    private string Partial => Path.Combine(_ben.Inbox, ".openshare-partial");

    [Fact]
    public async Task Once_the_receipt_is_kept_nothing_is_staged_though_the_sender_never_confirms_it()
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
        Assert.Single(_ben.Database.Receipts.Unconfirmed());

        // And the sender that comes back gets it still.
        _ann.Start();
        _ann.See(_ben);
        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
    }

    [Theory]
    [InlineData(TransferState.Failed)]
    [InlineData(TransferState.Cancelled)]
    [InlineData(TransferState.Completed)]
    public async Task What_was_over_when_the_process_ended_is_swept_at_the_next_start(TransferState state)
    {
        var (no, record) = await KilledMidwayAsync();
        using (var database = DeviceDatabase.Open(_ben.DatabaseFile))
            database.Transfers.Update(no, record with { State = state });
        Assert.Single(Directory.GetDirectories(Partial));

        _ben.Start();

        await AwaitAssertAsync(() => Assert.False(Directory.Exists(Partial)), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Opening_that_fails_leaves_no_handle_open_whatever_it_is_that_fails()
    {
        var (no, record) = await KilledMidwayAsync();
        _ben.Start();
        var scope = new TransferScope(_ben.Context, _ben.Stores, _ben.Disk, _ben.Identity, TestActor, no, record, AcceptPolicy.Own);
        var key = _ann.Identity.Key.PublicKey;
        var open = _ben.Disk.OpenDestinations;

        _ben.Disk.OnPrepare = () => new DiskResult(DiskProblem.Full, "no room");
        Assert.Equal("no room", Arrival.Open(scope, key).Detail);
        _ben.Disk.OnPrepare = () => throw new InvalidOperationException("a surprise");
        Assert.Throws<InvalidOperationException>(() => Arrival.Open(scope, key));
        // As if the file list kept were another's.
        Assert.Throws<Protocol.Identity.ProtocolException>(() => Arrival.Open(scope, _ben.Identity.Key.PublicKey));

        Assert.Equal(open, _ben.Disk.OpenDestinations);
    }

    [Fact]
    public async Task A_session_that_ends_while_its_staging_place_is_opened_leaves_no_handle_open()
    {
        var opening = new TaskCompletionSource();
        _ben.Disk.OnOpen = () =>
        {
            opening.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        await _ann.SendAsync(_ben, "a.bin");
        await opening.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await _ben.KillAsync();
        _letThrough.Set();

        await AwaitAssertAsync(() => Assert.True(Directory.Exists(Partial)), TimeSpan.FromSeconds(10));
        await AwaitAssertAsync(() => Assert.Equal(0, _ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        base.AfterAll();
    }

    private async Task<(TransferNo No, TransferRecord Record)> KilledMidwayAsync()
    {
        var written = new TaskCompletionSource();
        _ben.Disk.OnWrite = number =>
        {
            if (number < 2)
                return;
            written.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        await _ann.SendAsync(_ben, "a.bin");
        await written.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var kept = _ben.Database.Transfers.All().Single();
        await _ann.KillAsync();
        await _ben.KillAsync();
        _letThrough.Set();
        await AwaitAssertAsync(() => Assert.Equal(0, _ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));
        return kept;
    }
}
