using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Receiving;

/// <summary>Chunks that occur more than once: a receiver writes what came wherever it belongs.</summary>
public sealed class ReceiverMachineRepeatedTests
{
    private const int Length = RepeatedChunks.Least;

    private readonly ReceiverMachine _machine = new(new ReceiverSetup(
        Some.Transfer, Some.Sender, Some.SenderKey.PublicKey, Some.ReceiverKey, Some.ReceiverCertificate, TransferTuning.Default));

    // On page 0 chunks 0 to 15, 0 and 5 equal; on page 1 chunks 16 and 17, 16 equal to those.
    private readonly List<Signed> _pages = Pages();

    public ReceiverMachineRepeatedTests()
    {
        Do(new ReceiverInput.Started());
        Do(new ReceiverInput.LinkUp());
        Do(new ReceiverInput.StreamUp(1));
        Offer(0);
        Do(new ReceiverInput.Decided(null));
        Do(new ReceiverInput.PageStored(0, [], []));
    }

    [Fact]
    public void What_arrives_is_written_with_all_that_are_missing_and_equal_and_they_count_as_not_travelled()
    {
        Store(1);

        Assert.Equal("0>5,16", Frame(0));
        Assert.Equal(["-> ack 0,5,16"], Lines.Of(Do(new ReceiverInput.ChunksWritten([0, 5, 16]) { Copied = [5, 16] })));

        Assert.Equal((3L * Length, 2L * Length), (_machine.Progress.BytesDone, _machine.Progress.BytesReused));
        Assert.Equal("(5)>", Frame(5));
    }

    [Fact]
    public void What_is_there_when_a_page_comes_is_copied_before_the_page_is_answered()
    {
        Do(new ReceiverInput.ChunksWritten([5]));
        Offer(1);

        var repeated = Assert.Single(_machine.RepeatedOn(_machine.Manifest!.Pages[1]));
        Assert.Equal((5L, 16L), (repeated.There.Ordinal, repeated.Missing.Ordinal));
        Assert.Equal(["-> missing of page 1: [17]"], Lines.Of(Do(new ReceiverInput.PageStored(1, [new ChunkRange(16, 1)], []))));
    }

    [Fact]
    public void What_is_written_while_a_page_comes_is_copied_before_it_is_acknowledged()
    {
        Assert.Equal("0>5", Frame(0));
        Store(1);

        var manifest = _machine.Manifest!;
        var repeated = Assert.Single(_machine.RepeatedSince([manifest.Locate(0), manifest.Locate(5)]));
        Assert.Equal((0L, 16L), (repeated.There.Ordinal, repeated.Missing.Ordinal));
        Do(new ReceiverInput.ChunksWritten([0, 5, 16]) { Copied = [5, 16] });
        Assert.Empty(_machine.RepeatedSince([manifest.Locate(0)]));
    }

    [Fact]
    public void What_is_left_out_is_not_copied_to()
    {
        Store(1);
        Do(new ReceiverInput.Received(TransferMessages.Changed(Some.Transfer, EntryChange.Sign(Some.SenderKey, Some.Manifest, 1, "it changed"))));

        Assert.Equal("0>5", Frame(0));
    }

    private static List<Signed> Pages()
    {
        var builder = Some.Builder();
        return [.. File("a", [.. Enumerable.Range(0, 16).Select(n => n == 5 ? 0 : n)]), .. File("b", [0, 100]), builder.Finish()];

        List<Signed> File(string path, params int[] contents)
        {
            var pages = new List<Signed?> { builder.BeginFile(Some.Path(path), (long)contents.Length * Length, 0, 0) };
            pages.AddRange(contents.Select(c => builder.AddChunk(Some.Hash(c), Length)));
            return [.. pages.OfType<Signed>()];
        }
    }

    private IReadOnlyList<ReceiverEffect> Do(ReceiverInput input) => _machine.Handle(input, Some.Now);

    private void Offer(int page) => Do(new ReceiverInput.Received(TransferMessages.Offer(Some.Transfer, _pages[page])));

    private void Store(int page)
    {
        Offer(page);
        Do(new ReceiverInput.PageStored(page, [], []));
    }

    private string Frame(long ordinal)
    {
        var head = new ChunkFrame();
        head.Chunks.Add(new ChunkSlice { Ordinal = (ulong)ordinal, Length = Length });
        var chunk = Assert.Single(Do(new ReceiverInput.FrameArrived(1, head)).OfType<ReceiverEffect.ReceiveFrame>().Single().Chunks);
        return $"{(chunk.Keep ? $"{ordinal}" : $"({ordinal})")}>{string.Join(',', chunk.Copies.Select(c => c.Ordinal))}";
    }
}
