using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer;

/// <summary>The transfer flow's control messages: made here, and known here by the transfer they belong to.</summary>
public static class TransferMessages
{
    public static Control Offer(TransferId id, Signed page) => new() { ManifestOffer = new ManifestOffer { TransferId = Bytes(id), Page = page } };

    internal static Control Resumed(TransferId id, ManifestId manifest) =>
        new() { TransferResumed = new TransferResumed { TransferId = Bytes(id), ManifestId = ByteString.CopyFrom(manifest.ToBytes()) } };

    internal static Control Changed(TransferId id, EntryChange change) =>
        new() { EntryChanged = new EntryChangedNotice { TransferId = Bytes(id), Notice = change.Notice } };

    internal static Control Cancelled(TransferId id, string reason) =>
        new() { TransferCancelled = new TransferCancelled { TransferId = Bytes(id), Reason = Printable.Shorten(reason) } };

    internal static Control Paused(TransferId id, bool isPaused) =>
        new() { TransferPaused = new TransferPaused { TransferId = Bytes(id), Paused = isPaused } };

    public static Control Stalled(TransferId id, string? detail) =>
        new() { TransferStalled = new TransferStalled { TransferId = Bytes(id), Stalled = detail is not null, Detail = Printable.Shorten(detail ?? "") } };

    internal static Control Confirmed(TransferId id) => new() { ReceiptConfirmed = new ReceiptConfirmed { TransferId = Bytes(id) } };

    internal static Control Answer(TransferId id, TransferAnswer.Types.Answer answer, string detail) =>
        new() { TransferAnswer = new TransferAnswer { TransferId = Bytes(id), Answer = answer, Detail = Printable.Shorten(detail) } };

    public static Control Declined(TransferId id, string reason) => Answer(id, TransferAnswer.Types.Answer.Declined, reason);

    internal static Control Wanted(TransferId id, int page) => new() { PageWanted = new PageWanted { TransferId = Bytes(id), PageIndex = (uint)page } };

    internal static Control Missing(TransferId id, int page, IEnumerable<ChunkRange> missing)
    {
        var message = new ChunksMissing { TransferId = Bytes(id), PageIndex = (uint)page };
        ChunkRanges.Write(missing, message.Missing);
        return new Control { ChunksMissing = message };
    }

    internal static Control Acknowledged(TransferId id, IEnumerable<ChunkRange> chunks)
    {
        var message = new ChunksAcknowledged { TransferId = Bytes(id) };
        ChunkRanges.Write(chunks, message.Chunks);
        return new Control { ChunksAcknowledged = message };
    }

    internal static Control Refused(TransferId id, long ordinal) => new() { ChunkRefused = new ChunkRefused { TransferId = Bytes(id), Ordinal = (ulong)ordinal } };

    internal static Control Receipt(TransferId id, FinalReceipt receipt) => new() { Receipt = new ReceiptDelivery { TransferId = Bytes(id), Receipt = receipt } };

    /// <summary>The transfer a control message belongs to; null for other flows' messages and for ids that are none.</summary>
    public static TransferId? TransferOf(Control message)
    {
        var bytes = message.KindCase switch
        {
            Control.KindOneofCase.StreamOpen => message.StreamOpen.TransferId,
            Control.KindOneofCase.StreamsWanted => message.StreamsWanted.TransferId,
            Control.KindOneofCase.ManifestOffer => message.ManifestOffer.TransferId,
            Control.KindOneofCase.TransferAnswer => message.TransferAnswer.TransferId,
            Control.KindOneofCase.ChunksMissing => message.ChunksMissing.TransferId,
            Control.KindOneofCase.ChunksAcknowledged => message.ChunksAcknowledged.TransferId,
            Control.KindOneofCase.ChunkRefused => message.ChunkRefused.TransferId,
            Control.KindOneofCase.EntryChanged => message.EntryChanged.TransferId,
            Control.KindOneofCase.Receipt => message.Receipt.TransferId,
            Control.KindOneofCase.ReceiptConfirmed => message.ReceiptConfirmed.TransferId,
            Control.KindOneofCase.TransferPaused => message.TransferPaused.TransferId,
            Control.KindOneofCase.TransferStalled => message.TransferStalled.TransferId,
            Control.KindOneofCase.TransferCancelled => message.TransferCancelled.TransferId,
            Control.KindOneofCase.TransferResumed => message.TransferResumed.TransferId,
            Control.KindOneofCase.PageWanted => message.PageWanted.TransferId,
            _ => null,
        };
        return bytes is { Length: 16 } ? TransferId.FromBytes(bytes.Span) : null;
    }

    /// <summary>True for what a sender says: it opens or belongs to a transfer that is received here.</summary>
    public static bool IsFromSender(Control message) => message.KindCase is Control.KindOneofCase.ManifestOffer
        or Control.KindOneofCase.EntryChanged or Control.KindOneofCase.ReceiptConfirmed or Control.KindOneofCase.TransferResumed;

    /// <summary>True for how one side says that the transfer ended for it, without a receipt.</summary>
    public static bool IsLastWord(Control message) => message.KindCase is Control.KindOneofCase.TransferCancelled
        || message.TransferAnswer?.Answer is TransferAnswer.Types.Answer.Declined or TransferAnswer.Types.Answer.Failed;

    private static ByteString Bytes(TransferId id) => ByteString.CopyFrom(id.ToBytes());
}
