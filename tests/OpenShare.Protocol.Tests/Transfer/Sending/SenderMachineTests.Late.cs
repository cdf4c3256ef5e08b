using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Sending;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

/// <summary>A receipt for what is over here already.</summary>
public sealed partial class SenderMachineTests
{
    /// <summary>The receiver was putting the files in place by then, and had them.</summary>
    [Theory]
    [InlineData(SenderState.Cancelled)]
    [InlineData(SenderState.Failed)]
    public void A_receipt_for_what_was_given_up_here_makes_success_all_the_same(SenderState state)
    {
        SendAll();
        Expect(state == SenderState.Cancelled ? Do(new SenderInput.Cancelled("enough")) : Receive(Acked(41)), $"={state}", "-> TransferCancelled");
        Assert.True(_machine.IsSettled);
        Expect(Receive(Delivered(Manifest)), "keep receipt");
        // It would be stopped before it had heard that the receipt is kept.
        Assert.False(_machine.IsSettled);
        Expect(Do(new SenderInput.ReceiptStored()), "=Completed", "-> ReceiptConfirmed");
        Assert.NotNull(_machine.Receipt);
        Assert.Empty(_machine.Reason);
    }

    [Theory]
    [MemberData(nameof(BadReceipts))]
    public void A_bad_one_does_not(string which)
    {
        SendAll();
        Do(new SenderInput.Cancelled("enough"));
        Expect(Receive(TransferMessages.Receipt(Some.Transfer, Bad[which]() ?? new FinalReceipt())), "-> TransferCancelled");
        Assert.Equal(SenderState.Cancelled, _machine.State);
    }
}
