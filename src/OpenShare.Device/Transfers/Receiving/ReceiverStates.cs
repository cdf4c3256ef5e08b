using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer.Receiving;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>Between a receiver machine's states and those that are kept and shown.</summary>
internal static class ReceiverStates
{
    /// <param name="hasNames">names are chosen once all is synced; before that a loss of power may have taken some of it</param>
    /// <param name="receipt">one that the sender has confirmed is shown again only where he asks: offered unasked, it and his answer would wake each other for ever</param>
    internal static ReceiverState Kept(TransferState state, bool hasNames, KeptReceipt receipt) => state switch
    {
        _ when receipt is KeptReceipt.Confirmed => ReceiverState.Completed,
        TransferState.Offered or TransferState.AwaitingAnswer => ReceiverState.Deciding,
        TransferState.Finishing when receipt is KeptReceipt.None => hasNames ? ReceiverState.Placing : ReceiverState.Receiving,
        TransferState.Finishing => ReceiverState.Delivering,
        TransferState.Completed or TransferState.Incomplete => ReceiverState.Delivering,
        TransferState.Declined => ReceiverState.Declined,
        TransferState.Cancelled => ReceiverState.Cancelled,
        TransferState.Failed => ReceiverState.Failed,
        _ => receipt is KeptReceipt.Unconfirmed ? ReceiverState.Delivering : ReceiverState.Receiving,
    };

    /// <param name="everythingDelivered">whether the receipt, where there is one, names no entry as left out</param>
    internal static TransferState Shown(ReceiverState state, bool everythingDelivered) => state switch
    {
        ReceiverState.AwaitingOffer or ReceiverState.Deciding => TransferState.Offered,
        ReceiverState.Receiving => TransferState.Transferring,
        ReceiverState.Settling or ReceiverState.Placing => TransferState.Finishing,
        ReceiverState.Declined => TransferState.Declined,
        ReceiverState.Cancelled => TransferState.Cancelled,
        ReceiverState.Failed => TransferState.Failed,
        // The files are in their place; what remains is that the sender hears of it.
        _ => everythingDelivered ? TransferState.Completed : TransferState.Incomplete,
    };
}

internal enum KeptReceipt
{
    None,
    Unconfirmed,
    Confirmed,
}
