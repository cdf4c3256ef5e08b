using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Receiving;

/// <summary>How a transfer ends: delivered, in part, declined, cancelled, failed.</summary>
public sealed class ReceiverMachineEndTests : ReceiverMachineSpecs
{
    [Fact]
    public void A_declined_offer_leaves_nothing()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Expect(Do(new ReceiverInput.Decided("not now")), "=Declined", "discard", "-> Declined");
        Expect(Offer(1), "-> Declined");
        Expect(Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)), "-> Declined");
    }

    [Fact]
    public void When_all_is_there_it_is_placed_signed_for_and_delivered_until_confirmed()
    {
        Accept();
        Expect(WriteAll(), "=Settling", "settle all but []");
        Expect(Do(new ReceiverInput.EntriesSettled()), "=Placing", "place all but []");
        Expect(Do(new ReceiverInput.EntriesPlaced([])), "keep receipt");
        Assert.Null(Machine.Receipt);
        Expect(Do(new ReceiverInput.ReceiptStored()), "=Delivering", "-> Receipt");
        Now += Small.Quiet;
        Assert.Equal(Now, Machine.NextTimeout);
        Expect(Do(new ReceiverInput.TimedOut()), "-> Receipt");
        Do(new ReceiverInput.LinkLost());
        Expect(Do(new ReceiverInput.LinkUp()), "-> Receipt");
        Expect(Receive(TransferMessages.Confirmed(Some.Transfer)), "=Completed");
        Assert.IsType<ReceiptVerdict.Genuine>(ReceiptVerifier.Verify(Machine.Receipt!, Some.Trust, Manifest, _ => false));
        // A sender that lost its end asks again.
        Expect(Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)), "-> Receipt");
    }

    [Fact]
    public void Nothing_is_placed_before_the_last_page_and_nothing_signed_before_it_is_placed()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Stored(0);
        Do(new ReceiverInput.Decided(null));
        Expect(Do(new ReceiverInput.ChunksWritten(Ordinals(0, 16))), "-> ack 0-15");
        Expect(Do(new ReceiverInput.EntriesSettled()));
        Expect(Do(new ReceiverInput.EntriesPlaced([])));
        Expect(Do(new ReceiverInput.ReceiptStored()));
        Expect(Receive(TransferMessages.Confirmed(Some.Transfer)));
        Assert.Equal(ReceiverState.Receiving, Machine.State);
        Assert.Null(Machine.Receipt);
    }

    [Fact]
    public void A_disk_that_fails_ends_the_transfer_and_leaves_nothing_half_written()
    {
        Accept();
        Expect(Do(new ReceiverInput.Failed("the disk is broken")), "=Failed", "discard", "-> Failed");
        Expect(Do(new ReceiverInput.ChunksWritten([1])));
    }

    [Fact]
    public void Whoever_refuses_this_device_is_owed_no_word()
    {
        Accept();
        Do(new ReceiverInput.LinkLost());
        Expect(Do(new ReceiverInput.LinkRefused("revoked")), "=Failed", "discard");
        Assert.True(Machine.IsSettled);
    }

    [Fact]
    public void Nor_one_that_refuses_it_before_the_word_was_said()
    {
        Accept();
        Do(new ReceiverInput.LinkLost());
        Do(new ReceiverInput.Cancelled("enough"));
        Assert.False(Machine.IsSettled);
        Expect(Do(new ReceiverInput.LinkRefused("revoked")));
        Assert.Equal((ReceiverState.Cancelled, true), (Machine.State, Machine.IsSettled));
    }

    [Fact]
    public void A_refusal_ends_nothing_that_is_being_put_in_place()
    {
        Accept();
        WriteAll();
        Do(new ReceiverInput.LinkLost());
        Expect(Do(new ReceiverInput.LinkRefused("revoked")));
        Expect(Do(new ReceiverInput.EntriesSettled()), "=Placing", "place all but []");
        Expect(Do(new ReceiverInput.EntriesPlaced([])), "keep receipt");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unless_not_all_of_it_is_here_after_all(bool isLinkedAgain)
    {
        Accept();
        WriteAll();
        Do(new ReceiverInput.LinkLost());
        Do(new ReceiverInput.LinkRefused("revoked"));
        if (isLinkedAgain)
            Do(new ReceiverInput.LinkUp());
        Do(new ReceiverInput.ChunksLost([1]));
        Assert.Equal(isLinkedAgain ? ReceiverState.Receiving : ReceiverState.Failed, Machine.State);
    }

    [Fact]
    public void What_fails_once_there_is_a_receipt_ends_no_delivered_transfer()
    {
        Accept();
        WriteAndSettle();
        Expect(Do(new ReceiverInput.EntriesPlaced([])), "keep receipt");
        Expect(Do(new ReceiverInput.Failed("the peer is revoked")));
        Expect(Do(new ReceiverInput.ReceiptStored()), "=Delivering", "-> Receipt");
    }

    [Fact]
    public void A_cancel_counts_until_files_get_their_names()
    {
        Accept();
        WriteAndSettle();
        Expect(Do(new ReceiverInput.Cancelled("enough")));
        Expect(Receive(TransferMessages.Cancelled(Some.Transfer, "enough")));
        Do(new ReceiverInput.EntriesPlaced([]));
        Do(new ReceiverInput.ReceiptStored());
        // The sender wants no receipt any more; the files stay, and so does the receipt.
        Expect(Receive(TransferMessages.Cancelled(Some.Transfer, "enough")), "=Completed");
        Assert.NotNull(Machine.Receipt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_here_and_has_no_names_yet_can_be_cancelled_on_either_side(bool bySender)
    {
        Accept();
        WriteAll();
        Do(new ReceiverInput.DiskFull("no room for the copies"));

        var effects = bySender ? Receive(TransferMessages.Cancelled(Some.Transfer, "enough")) : Do(new ReceiverInput.Cancelled("enough"));

        Expect(effects, [.. new[] { "=Cancelled", "discard", "-> TransferCancelled" }.Take(bySender ? 2 : 3)]);
        Expect(Do(new ReceiverInput.EntriesSettled()));
        Assert.Null(Machine.NextTimeout);
    }

    [Fact]
    public void A_cancel_from_either_side_leaves_nothing()
    {
        Accept();
        Expect(Receive(TransferMessages.Cancelled(Some.Transfer, "enough")), "=Cancelled", "discard");
        var other = new ReceiverMachine(Setup);
        other.Handle(new ReceiverInput.LinkUp(), Now);
        Expect(other.Handle(new ReceiverInput.Cancelled("enough"), Now), "=Cancelled", "discard", "-> TransferCancelled");
    }

    [Fact]
    public void What_no_receipt_could_name_is_found_before_anything_is_put_in_place()
    {
        var builder = Some.Builder();
        List<Signed> pages = [.. Enumerable.Range(0, 20_000).SelectMany(i => builder.File($"f{i}", 0)), builder.Finish()];
        Do(new ReceiverInput.LinkUp());
        for (var page = 0; page < pages.Count; page++)
        {
            Receive(TransferMessages.Offer(Some.Transfer, pages[page]));
            if (page == 0)
                Do(new ReceiverInput.Decided(null));
            var entries = Machine.Manifest!.Pages[page].Parts.Select(p => p.Entry.Number).Where(n => n % 2 == 0);
            Do(new ReceiverInput.PageStored(page, [], [.. entries.Select(n => new EntryNote.Skipped(n, "the name is taken"))]));
        }
        Assert.Equal(ReceiverState.Settling, Machine.State);

        Expect(Do(new ReceiverInput.EntriesSettled()), "=Failed", "discard", "-> Failed");
        Assert.StartsWith("So many entries could not be stored", Machine.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_withdrawn_file_is_not_waited_for()
    {
        Accept();
        Expect(Do(new ReceiverInput.ChunksWritten([40])), "-> ack 40");
        Expect(Changed(1), "keep withdrawal 1", "=Settling", "settle all but [1]");
        Expect(Do(new ReceiverInput.EntriesSettled()), "=Placing", "place all but [1]");
        Do(new ReceiverInput.EntriesPlaced([]));
        Do(new ReceiverInput.ReceiptStored());
        var receipt = Receipt.Read(Machine.Receipt!);
        Assert.Equal([EntryOutcome.Types.Outcome.Delivered, EntryOutcome.Types.Outcome.Withdrawn, EntryOutcome.Types.Outcome.Delivered], receipt.Outcomes.Select(o => o.Outcome));
    }

    [Fact]
    public void What_cannot_be_stored_here_is_not_asked_for_and_said_in_the_receipt()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Do(new ReceiverInput.Decided(null));
        Expect(Do(new ReceiverInput.PageStored(0, [], [new EntryNote.Refused(1, "no such name here")])), "-> missing of page 0: []");
        Offer(1);
        Expect(Stored(1), "-> missing of page 1: []");
        Offer(2);
        Expect(Stored(2), "-> missing of page 2: [40]");
        Do(new ReceiverInput.ChunksWritten([40]));
        Do(new ReceiverInput.EntriesSettled());
        Do(new ReceiverInput.EntriesPlaced([new EntryNote.StoredAs(0, Some.Path("photos (2)"))]));
        Assert.Contains("no such name here", ReceiptText.Describe(Sealed()), StringComparison.Ordinal);
    }
}
