using OpenShare.Device.Storage;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer.Receipts;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>What is gone from the staging place when all is placed is named in the receipt, whatever comes in between.</summary>
public sealed class RefusedAtTheEndTests : TransferSpecs
{
    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly ManualResetEventSlim _letThrough = new();

    public RefusedAtTheEndTests()
    {
        (_ann, _ben) = Devices();
        _ann.Write("t/a", 3000);
        _ann.Write("t/b", 4000);
        _ben.Disk.OnComplete = () =>
        {
            foreach (var staged in Directory.GetFiles(Path.Combine(_ben.Inbox, ".openshare-partial"), "b", SearchOption.AllDirectories))
                File.Delete(staged);
        };
    }

    [Fact]
    public async Task By_a_receiver_that_was_killed_once_all_was_placed_and_before_the_receipt_was_kept()
    {
        var placed = new TaskCompletionSource();
        _ben.Disk.OnCompleted = () =>
        {
            placed.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        var id = await _ann.SendAsync(_ben, "t");
        await placed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await _ben.KillAsync();
        _letThrough.Set();
        await AwaitAssertAsync(() => Assert.Equal(0, _ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));

        _ben.Start();
        _ann.See(_ben);

        await AssertNamedAsync(await _ann.EndsAsync(id), delivered: 2);
    }

    [Fact]
    public async Task By_a_second_try_that_finds_its_folder_in_place()
    {
        _ann.Write("u", 5000);
        var persisted = 0;
        _ben.Disk.OnPersisted = () =>
        {
            persisted++;
            // The other name is taken meanwhile, and where the next is to be noted there is no room, once.
            if (persisted == 1)
                File.WriteAllText(Path.Combine(_ben.Inbox, "u"), "theirs");
            else if (persisted == 2)
                throw new StorageFullException("no room");
        };

        var sent = await _ann.EndsAsync(await _ann.SendAsync(_ben, "t", "u"));

        await AssertNamedAsync(sent, delivered: 3);
        Assert.True(File.Exists(Path.Combine(_ben.Inbox, "u (2)")));
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        base.AfterAll();
    }

    private async Task AssertNamedAsync(TransferView sent, int delivered)
    {
        Assert.Equal((TransferState.Incomplete, delivered, 1), (sent.State, sent.Receipt!.Delivered, sent.Receipt.Refused));
        var refused = Assert.Single(Receipt.Read((await _ann.ReceiptAsync(sent.Id)).Receipt!).Outcomes, o => o.Outcome == Outcome.Refused);
        Assert.Equal((2u, "t/b: it is not there"), (refused.EntryNo, refused.Detail));
        Assert.True(File.Exists(Path.Combine(_ben.Inbox, "t/a")));
        Assert.False(File.Exists(Path.Combine(_ben.Inbox, "t/b")));
    }
}
