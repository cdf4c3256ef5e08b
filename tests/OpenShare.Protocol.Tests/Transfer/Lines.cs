using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Transfer.Sending;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer;

/// <summary>Effects as lines of text, so that a table test reads like the conversation it checks.</summary>
internal static class Lines
{
    internal static string[] Of(IEnumerable<SenderEffect> effects) => [.. effects.Select(e => e switch
    {
        SenderEffect.SendControl send => Of(send.Message),
        SenderEffect.SendPage page => $"page {page.Page}",
        SenderEffect.SendFrame frame => $"frame {frame.Stream}: {string.Join(',', ChunkRanges.Pack(frame.Ordinals))}",
        SenderEffect.OpenStreams { Carrier: Carrier.Quic } open => $"open {open.Count} streams by QUIC",
        SenderEffect.OpenStreams open => $"open {open.Count} streams",
        SenderEffect.CloseStream close => $"close {close.Stream}",
        SenderEffect.PersistWithdrawal withdrawal => $"keep withdrawal {withdrawal.EntryNumber}",
        SenderEffect.PersistReceipt => "keep receipt",
        SenderEffect.StateChanged changed => $"={changed.State}",
        _ => e.ToString(),
    })];

    internal static string[] Of(IEnumerable<ReceiverEffect> effects) => [.. effects.Select(e => e switch
    {
        ReceiverEffect.SendControl send => Of(send.Message),
        ReceiverEffect.Decide decide => $"decide {string.Join(',', decide.Offer.Names)}",
        ReceiverEffect.PersistPage page => $"keep page {page.Page.Index}",
        ReceiverEffect.ReceiveFrame frame => $"receive {frame.Stream}: {string.Join(',', frame.Chunks.Select(c => c.Keep ? $"{c.Location.Ordinal}" : $"({c.Location.Ordinal})"))}",
        ReceiverEffect.PersistWithdrawal withdrawal => $"keep withdrawal {withdrawal.EntryNumber}",
        ReceiverEffect.SettleEntries settle => $"settle all but [{string.Join(',', settle.LeftOut.Order())}]",
        ReceiverEffect.PlaceEntries place => $"place all but [{string.Join(',', place.LeftOut.Order())}]",
        ReceiverEffect.RetryDisk => "try the disk again",
        ReceiverEffect.PersistReceipt => "keep receipt",
        ReceiverEffect.CloseStreams => "close streams",
        ReceiverEffect.Discard => "discard",
        ReceiverEffect.StateChanged changed => $"={changed.State}",
        _ => e.ToString(),
    })];

    private static string Of(Control message) => message.KindCase switch
    {
        Control.KindOneofCase.TransferAnswer => $"-> {message.TransferAnswer.Answer}",
        Control.KindOneofCase.ChunksMissing => $"-> missing of page {message.ChunksMissing.PageIndex}: [{Of(message.ChunksMissing.Missing)}]",
        Control.KindOneofCase.ChunksAcknowledged => $"-> ack {Of(message.ChunksAcknowledged.Chunks)}",
        Control.KindOneofCase.ChunkRefused => $"-> refused {message.ChunkRefused.Ordinal}",
        Control.KindOneofCase.TransferStalled => message.TransferStalled.Stalled ? $"-> stalled: {message.TransferStalled.Detail}" : "-> stalled no more",
        Control.KindOneofCase.PageWanted => $"-> want page {message.PageWanted.PageIndex}",
        _ => $"-> {message.KindCase}",
    };

    private static string Of(IEnumerable<OrdinalRange> ranges) => string.Join(',', ranges.Select(r => new ChunkRange((long)r.First, (long)r.Count)));
}
