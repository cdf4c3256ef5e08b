using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>What was cancelled is over for good, on both sides.</summary>
public sealed class CancelTests : TransferSpecs
{
    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly ManualResetEventSlim _letThrough = new();

    public CancelTests()
    {
        (_ann, _ben) = Devices();
        _ann.Write("a.bin", 30 * Chunk);
        _ann.Write("other", 1000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_transfer_ends_on_both_sides_and_leaves_nothing(bool bySender)
    {
        await CancelMidwayAsync(bySender);

        await AwaitAssertAsync(() => Assert.Empty(Directory.GetFileSystemEntries(_ben.Inbox)), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_late_word_of_the_receiver_does_not_bring_it_back()
    {
        var id = await CancelMidwayAsync(bySender: true);
        await KeepLinkedAsync();

        Hear(_ann, _ben, new Control { PageWanted = new PageWanted { TransferId = Bytes(id), PageIndex = 1 } });

        // The session that answers is over as it begins.
        Assert.Equal(TransferState.Cancelled, (await _ann.SeesAsync(id, _ => true)).State);
    }

    [Fact]
    public async Task A_late_page_of_the_sender_does_not_bring_it_back()
    {
        var id = await CancelMidwayAsync(bySender: false);
        await KeepLinkedAsync();
        var no = _ann.Database.Transfers.All().Single(t => t.Transfer.Key.Transfer == id).No;
        var page = SignedBlobs.Parse(_ann.Database.Manifests.Read(no, 0)!, "page");

        Hear(_ben, _ann, TransferMessages.Offer(id, page));

        Assert.Equal(TransferState.Cancelled, (await _ben.SeesAsync(id, _ => true)).State);
        await AwaitAssertAsync(
            () => Assert.DoesNotContain(Directory.GetDirectories(Path.Combine(_ben.Inbox, ".openshare-partial")), d => d.EndsWith($"{id}", StringComparison.Ordinal)), TimeSpan.FromSeconds(10));
        Assert.Equal(TransferState.Cancelled, _ben.Database.Transfers.All().Single(t => t.Transfer.Key.Transfer == id).Transfer.State);
    }

    [Fact]
    public async Task One_that_was_cancelled_without_a_link_is_told_of_after_a_restart()
    {
        var id = await SendHeldUpAsync(_ann, _ben, "a.bin", _letThrough);
        await _ben.KillAsync();
        _letThrough.Set();
        Assert.Equal(TransferState.Cancelled, (await _ann.CancelAsync(id))!.State);
        await _ann.KillAsync();

        _ben.Start();
        _ann.Start();
        _ann.See(_ben);

        Assert.Equal(TransferState.Cancelled, (await _ben.EndsAsync(id)).State);
        await AwaitAssertAsync(() => Assert.False(Assert.Single(_ann.Database.Transfers.All()).Transfer.OwesWord), TimeSpan.FromSeconds(10));
        await AwaitAssertAsync(() => Assert.Empty(Directory.GetFileSystemEntries(_ben.Inbox)), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task What_was_left_out_of_it_is_said_once_and_not_to_the_other_side()
    {
        _ann.Write("t/a.bin", 30 * Chunk);
        File.CreateSymbolicLink(Path.Combine(_ann.Files, "t", "z"), "/etc");
        var id = await SendHeldUpAsync(_ann, _ben, "t", _letThrough);
        await _ann.SeesAsync(id, v => v.TotalsKnown);
        await _ben.KillAsync();
        _letThrough.Set();
        await _ann.CancelAsync(id);
        await _ann.KillAsync();

        _ben.Start();
        _ann.Start();
        _ann.See(_ben);

        Assert.Equal("cancelled on the sending device", (await _ben.EndsAsync(id)).Detail);
        await AwaitAssertAsync(() => Assert.False(Kept().OwesWord), TimeSpan.FromSeconds(10));
        Assert.Equal("cancelled on the sending device\nt/z: it is a link that may lead out of t (to /etc)", Kept().Detail);

        TransferRecord Kept() => _ann.Database.Transfers.Find(id)!.Value.Transfer;
    }

    [Fact]
    public async Task A_cancel_that_comes_when_the_files_are_in_place_ends_as_a_delivery_on_both_sides()
    {
        var (sent, received) = await CancelTooLateAsync("a.bin");

        AssertCompleted(sent, delivered: 1);
        Assert.Equal(30L * Chunk, sent.BytesDone);
        Assert.Equal(TransferState.Completed, received.State);
    }

    [Fact]
    public async Task And_what_was_left_out_is_said_still()
    {
        _ann.Write("t/a.bin", 1000);
        File.CreateSymbolicLink(Path.Combine(_ann.Files, "t", "z"), "/etc");

        var (sent, received) = await CancelTooLateAsync("t");

        Assert.Equal((TransferState.Incomplete, "t/z: it is a link that may lead out of t (to /etc)"), (sent.State, sent.Detail));
        Assert.Equal(TransferState.Completed, received.State);
    }

    [Fact]
    public async Task How_it_was_to_be_sent_is_kept_for_a_day()
    {
        await _ben.KillAsync();
        var first = await CancelListedAsync("a.bin");
        _ann.ClockAhead = TimeSpan.FromHours(2);
        var second = await CancelListedAsync("other");
        Assert.NotEqual(0u, _ann.Database.Manifests.Count(first));
        await _ann.KillAsync();

        _ann.ClockAhead = TimeSpan.FromHours(25);
        _ann.Start();

        // All that is to go goes at once.
        await AwaitAssertAsync(() => Assert.Equal(0u, _ann.Database.Manifests.Count(first)), TimeSpan.FromSeconds(10));
        Assert.NotEqual(0u, _ann.Database.Manifests.Count(second));
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        base.AfterAll();
    }

    // Its files are about to be put in their place, and are when the sender has been killed; it hears of that after its restart.
    private async Task<(TransferView Sent, TransferView Received)> CancelTooLateAsync(string what)
    {
        var placing = new TaskCompletionSource();
        _ben.Disk.OnComplete = () =>
        {
            placing.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        var id = await _ann.SendAsync(_ben, what);
        await placing.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await _ann.CancelAsync(id);
        Assert.Equal(TransferState.Cancelled, (await _ann.EndsAsync(id)).State);
        await _ann.KillAsync();
        _letThrough.Set();
        var no = Assert.Single(_ben.Database.Transfers.All()).No;
        await AwaitAssertAsync(() => Assert.NotNull(_ben.Database.Receipts.Find(no)), TimeSpan.FromSeconds(10));

        // With the next link the receipt comes, and that link stays until it has.
        _letThrough.Reset();
        _ben.Disk.OnWrite = _ => _letThrough.Wait(TimeSpan.FromSeconds(20));
        _ann.Start();
        await _ann.SendAsync(_ben, "other");

        return (await _ann.SeesAsync(id, v => v.Receipt is not null), await _ben.SeesAsync(id, v => v.IsEnded));
    }

    private async Task<TransferNo> CancelListedAsync(string name)
    {
        var id = await _ann.SendAsync(_ben, name);
        await _ann.SeesAsync(id, v => v.TotalsKnown);
        await _ann.CancelAsync(id);
        return _ann.Database.Transfers.Find(id)!.Value.No;
    }

    private static Google.Protobuf.ByteString Bytes(TransferId id) => Google.Protobuf.ByteString.CopyFrom(id.ToBytes());

    private static void Hear(TransferDevice at, TransferDevice from, Control message) =>
        at.Context.Events.Publish(new PeerEvents.ControlReceived(from.Identity.DeviceId, new LinkId(1), message));

    // Cancelled while its third write is under way, and both sides know it.
    private async Task<TransferId> CancelMidwayAsync(bool bySender)
    {
        var id = await SendHeldUpAsync(_ann, _ben, "a.bin", _letThrough);

        await (bySender ? _ann : _ben).CancelAsync(id);

        Assert.Equal(TransferState.Cancelled, (await _ann.EndsAsync(id)).State);
        Assert.Equal(TransferState.Cancelled, (await _ben.EndsAsync(id)).State);
        _letThrough.Set();
        return id;
    }

    // Another transfer that goes on keeps the link between them.
    private async Task KeepLinkedAsync()
    {
        await AwaitAssertAsync(() => Assert.Empty(Directory.GetFileSystemEntries(_ben.Inbox)), TimeSpan.FromSeconds(10));
        _letThrough.Reset();
        var underWay = new TaskCompletionSource();
        _ben.Disk.OnWrite = _ =>
        {
            underWay.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        await _ann.SendAsync(_ben, "other");
        await underWay.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
