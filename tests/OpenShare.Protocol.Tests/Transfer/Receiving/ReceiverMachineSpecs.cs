using Google.Protobuf;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Receiving;

/// <summary>A receiver machine told what happens, and what it answers as lines of text.</summary>
public abstract class ReceiverMachineSpecs
{
    private protected static readonly TransferTuning Small = new() { Streams = 2, Window = 2, PageWindow = 2 };
    private protected static readonly ReceiverSetup Setup = new(
        Some.Transfer, Some.Sender, Some.SenderKey.PublicKey, Some.ReceiverKey, Some.ReceiverCertificate, Small);

    private protected static readonly List<Signed> Pages = Some.Pages();
    private protected static readonly Protocol.Transfer.Manifests.Manifest Manifest = Some.Read(Pages);

    private protected ReceiverMachine Machine { get; } = new(Setup);
    private protected DateTimeOffset Now { get; set; } = Some.Now;

    private protected Receipt Sealed()
    {
        var kept = Do(new ReceiverInput.ReceiptStored());
        Expect(kept, "=Delivering", "-> Receipt");
        return Receipt.Read(Machine.Receipt!);
    }

    private protected void Accept(int pages = 3)
    {
        Do(new ReceiverInput.Started());
        Do(new ReceiverInput.LinkUp());
        Do(new ReceiverInput.StreamUp(1));
        Do(new ReceiverInput.StreamUp(2));
        Offer(0);
        Do(new ReceiverInput.Decided(null));
        Stored(0);
        for (var page = 1; page < pages; page++)
        {
            Offer(page);
            Stored(page);
        }
    }

    /// <summary>All is here and whole: what is left is that it gets its names.</summary>
    private protected void WriteAndSettle()
    {
        WriteAll();
        Do(new ReceiverInput.EntriesSettled());
    }

    private protected IEnumerable<ReceiverEffect> WriteAll() => Do(new ReceiverInput.ChunksWritten(Ordinals(0, 41))).Skip(1);

    private protected IReadOnlyList<ReceiverEffect> Do(ReceiverInput input) => Machine.Handle(input, Now);

    private protected IReadOnlyList<ReceiverEffect> Receive(Control message) => Do(new ReceiverInput.Received(message));

    private protected IReadOnlyList<ReceiverEffect> Offer(int page) => Receive(TransferMessages.Offer(Some.Transfer, Pages[page]));

    private protected IReadOnlyList<ReceiverEffect> Stored(int page, params ChunkRange[] held) => Do(new ReceiverInput.PageStored(page, held, []));

    private protected IReadOnlyList<ReceiverEffect> Changed(uint entry) =>
        Receive(TransferMessages.Changed(Some.Transfer, EntryChange.Sign(Some.SenderKey, Some.Manifest, entry, "it changed")));

    private protected IReadOnlyList<ReceiverEffect> Frame(long stream, params int[] ordinals) =>
        Do(new ReceiverInput.FrameArrived(stream, Head([.. ordinals.Select(o => ((ulong)o, 1000u))])));

    private protected static void Expect(IEnumerable<ReceiverEffect> effects, params string[] lines) => Assert.Equal(lines, Lines.Of(effects));

    private protected static ChunkFrame Head(params (ulong Ordinal, uint Length)[] chunks)
    {
        var head = new ChunkFrame();
        head.Chunks.AddRange(chunks.Select(c => new ChunkSlice { Ordinal = c.Ordinal, Length = c.Length }));
        return head;
    }

    private protected static long[] Ordinals(long first, int count) => [.. Enumerable.Range(0, count).Select(i => first + i)];

    private protected static ByteString Id() => ByteString.CopyFrom(Some.Transfer.ToBytes());
}
