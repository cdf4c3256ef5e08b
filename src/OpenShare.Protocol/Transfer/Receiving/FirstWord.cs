using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>
/// What comes of a sender's message for a transfer that the receiver knows nothing of. Only a first page that verifies
/// opens one; whatever else is answered from the message alone, and leaves nothing behind.
/// </summary>
public abstract record FirstWord
{
    private FirstWord() { }

    /// <summary>The transfer begins with this message.</summary>
    public sealed record Opens : FirstWord;

    /// <summary>The sender has to begin anew: it is asked for its first page.</summary>
    public sealed record Early(Control Reply) : FirstWord;

    /// <summary>Not a page of this sender for this receiver.</summary>
    public sealed record Refused(Control Reply, string Reason) : FirstWord;

    /// <summary>It belongs to a transfer that goes on, and says nothing without it.</summary>
    public sealed record Stray : FirstWord;

    /// <param name="message">one that names a transfer</param>
    /// <param name="senderKey">the key in the sender's verified certificate</param>
    public static FirstWord Judge(Control message, PublicKey senderKey, DeviceId sender, DeviceId receiver)
    {
        if (TransferMessages.TransferOf(message) is not { } transfer)
            return new Stray();
        switch (message.KindCase)
        {
            case Control.KindOneofCase.TransferResumed:
                return new Early(TransferMessages.Wanted(transfer, 0));
            case Control.KindOneofCase.ManifestOffer:
                return new ManifestReader(senderKey, sender, receiver).Read(message.ManifestOffer.Page ?? new Signed()) switch
                {
                    PageReading.Accepted => new Opens(),
                    PageReading.Refused { Refusal.Message: var reason } => new Refused(TransferMessages.Answer(transfer, Answer.Failed, reason), reason),
                    _ => new Early(TransferMessages.Wanted(transfer, 0)),
                };
            default:
                return new Stray();
        }
    }
}
