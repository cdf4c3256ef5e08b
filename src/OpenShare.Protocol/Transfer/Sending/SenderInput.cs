using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>What a sender machine is told.</summary>
public abstract record SenderInput
{
    private SenderInput() { }

    /// <summary>Once, first: a new or a restored transfer begins.</summary>
    public sealed record Started : SenderInput;

    /// <summary>The builder closed the next page, and it is stored.</summary>
    /// <param name="MayBeThere">the receiver may well have chunks of it: they wait for its list of what is missing</param>
    public sealed record PageBuilt(Signed Page, bool MayBeThere = false) : SenderInput;

    /// <summary>There is an authenticated link to the receiver. Messages of an earlier link must not come after this.</summary>
    public sealed record LinkUp : SenderInput;

    /// <summary>The link is gone, and its streams with it.</summary>
    public sealed record LinkLost : SenderInput;

    public sealed record StreamUp(long Stream, Carrier Carrier = Carrier.Tcp) : SenderInput;

    /// <summary>What streams are to go over from now on.</summary>
    public sealed record CarrierChosen(Carrier Carrier) : SenderInput;

    public sealed record StreamDown(long Stream) : SenderInput;

    /// <summary>A control message of this transfer arrived.</summary>
    public sealed record Received(Control Message) : SenderInput;

    /// <summary>A file is not (or not readably) what was hashed: it is withdrawn.</summary>
    public sealed record EntryChanged(uint EntryNumber, string Reason) : SenderInput;

    /// <summary>A person here has it wait, or lets it go on.</summary>
    public sealed record PauseOrdered(bool IsPaused) : SenderInput;

    /// <summary>A person here cancels, or what is to be sent cannot be read at all.</summary>
    public sealed record Cancelled(string Reason) : SenderInput;

    /// <summary>The two devices refuse each other, and do so until somebody changes that. Whoever waits for a word then asks for it.</summary>
    public sealed record LinkRefused(string Reason) : SenderInput;

    /// <summary>The receipt that was to be kept is kept.</summary>
    public sealed record ReceiptStored : SenderInput;

    /// <summary>It is this transfer's turn, of all that go to the same device (<see cref="ISendTurns"/>).</summary>
    public sealed record TurnCame : SenderInput;

    /// <summary><see cref="SenderMachine.NextTimeout"/> has come.</summary>
    public sealed record TimedOut : SenderInput;
}
