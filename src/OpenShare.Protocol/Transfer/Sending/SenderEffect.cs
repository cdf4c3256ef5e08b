using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>What a sender machine asks its shell to do, in this order.</summary>
public abstract record SenderEffect
{
    private SenderEffect() { }

    public sealed record SendControl(Control Message) : SenderEffect;

    /// <summary>Send the stored page as <see cref="TransferMessages.Offer"/>. Pages stay in storage: they are too many to hold.</summary>
    public sealed record SendPage(int Page) : SenderEffect;

    /// <summary>Read these chunks and send them as one frame on this stream. A file that turns out changed: EntryChanged, and the frame without it.</summary>
    public sealed record SendFrame(long Stream, IReadOnlyList<long> Ordinals) : SenderEffect;

    /// <summary>Ask for so many more streams on the link.</summary>
    public sealed record OpenStreams(int Count, Carrier Carrier = Carrier.Tcp) : SenderEffect;

    /// <summary>Say goodbye on it: nothing is under way there any more, and its place was taken.</summary>
    /// <param name="IsSilent">what is under way there gets no answer, and travels on others</param>
    public sealed record CloseStream(long Stream, bool IsSilent = false) : SenderEffect;

    /// <summary>Keep this before the next effect: after a restart the machine is restored with it.</summary>
    public sealed record PersistWithdrawal(uint EntryNumber, string Reason) : SenderEffect;

    /// <summary>A verified receipt: keep it, then say ReceiptStored.</summary>
    public sealed record PersistReceipt(Receipt Receipt) : SenderEffect;

    /// <summary>Keep and tell. In an end state: nothing more is read or sent, streams are closed.</summary>
    public sealed record StateChanged(SenderState State, string Reason) : SenderEffect;
}

public enum SenderState
{
    /// <summary>pages are offered, and not answered yet</summary>
    Offering,

    /// <summary>the receiver accepted</summary>
    Sending,

    /// <summary>all is acknowledged; the receiver puts it in place</summary>
    AwaitingReceipt,

    /// <summary>the signed receipt is verified and kept</summary>
    Completed,

    Declined,
    Cancelled,
    Failed,
}
