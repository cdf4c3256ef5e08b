using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Sending;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

public sealed partial class SenderMachineTests
{
    private const int Long = RepeatedChunks.Least;

    [Fact]
    public void Of_equal_chunks_one_travels_and_the_others_need_not_once_the_receiver_has_made_them_of_it()
    {
        BeginRepeated();
        Expect(Receive(Acked(0, 2, 3)));
        Expect(Receive(Acked(1, 4)), "=AwaitingReceipt");
        Assert.Equal((5L * Long, 3L * Long, 2L * Long), (_machine.Progress.BytesDone, _machine.Progress.BytesTravelled, _machine.Progress.BytesReused));
    }

    [Fact]
    public void A_receiver_that_makes_nothing_of_it_gets_them_all()
    {
        BeginRepeated();
        Expect(Receive(Acked(0)), "frame 1: 2");
        Expect(Receive(Acked(1, 2)), "frame 2: 3");
        Expect(Receive(Acked(3, 4)), "=AwaitingReceipt");
        Assert.Equal(5L * Long, _machine.Progress.BytesTravelled);
    }

    [Fact]
    public void With_its_stream_lost_the_same_one_travels_again()
    {
        BeginRepeated();
        Expect(Do(new SenderInput.StreamDown(1)), "frame 2: 0");
        Expect(Receive(Acked(0, 1, 2, 3)), "frame 2: 4");
    }

    [Fact]
    public void With_its_file_withdrawn_another_one_travels()
    {
        BeginRepeated();
        Expect(Do(new SenderInput.EntryChanged(0, "it changed")), "keep withdrawal 0", "-> EntryChanged", "frame 2: 3");
    }

    [Fact]
    public void After_a_new_link_the_receivers_list_says_what_is_to_travel_and_of_that_one_does()
    {
        BeginRepeated();
        Do(new SenderInput.LinkLost());
        Do(new SenderInput.LinkUp());
        Do(new SenderInput.StreamUp(3));
        Expect(Receive(TransferMessages.Wanted(Some.Transfer, 1)));
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 0, [new(2, 2)])), "frame 3: 2");
        Expect(Receive(Acked(2, 3)), "=AwaitingReceipt");
    }

    [Fact]
    public void A_page_that_repeats_an_earlier_one_waits_for_its_list()
    {
        var builder = Some.Builder();
        List<Signed> pages = [.. builder.File("a", 16, Long), .. Repeats(builder, "b", 0, 100), builder.Finish()];
        Do(new SenderInput.LinkUp());
        Expect(Do(new SenderInput.PageBuilt(pages[0])), "page 0");
        Expect(Do(new SenderInput.PageBuilt(pages[1])), "page 1");
        Receive(TransferMessages.Missing(Some.Transfer, 0, []));
        Expect(Do(new SenderInput.StreamUp(1)));
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 1, [new(17, 1)])), "frame 1: 17");
    }

    [Fact]
    public void What_went_out_before_the_page_that_repeats_it_was_known_is_waited_for_too()
    {
        var builder = Some.Builder();
        List<Signed> pages = [.. builder.File("a", 16, Long), .. Repeats(builder, "b", 1, 100), builder.Finish()];
        Do(new SenderInput.LinkUp());
        Do(new SenderInput.StreamUp(1));
        Expect(Do(new SenderInput.PageBuilt(pages[0])), "page 0", "frame 1: 0", "frame 1: 1");
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 2)]));
        Expect(Do(new SenderInput.PageBuilt(pages[1])), "page 1");
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 1, [new(16, 2)])));
        Expect(Receive(Acked(0)), "frame 1: 17");
        Expect(Receive(Acked(1, 16)));
        Expect(Receive(Acked(17)), "=AwaitingReceipt");
    }

    [Fact]
    public void Small_chunks_and_zeros_are_not_looked_for_and_of_the_rest_a_bounded_number_is()
    {
        Assert.Empty(EqualTo(2, Long - 1, n => 0));
        Assert.Equal([0, 1], EqualTo(2, Long, n => 0));
        Assert.Equal([1, 3], EqualTo(4, Long, n => n % 2));
        // Of three that are different two are known.
        Assert.Empty(EqualTo(6, Long, n => n % 3, mostKnown: 2));
        Assert.Equal([0, 3], EqualTo(4, Long, n => n % 3, mostKnown: 2));
        var builder = Some.Builder();
        builder.BeginFile(Some.Path("zeros"), 2 * Limits.DefaultChunk, 0, 0);
        for (var i = 0; i < 2; i++)
            builder.AddChunk(ZeroChunk.Sha256(Limits.DefaultChunk), Limits.DefaultChunk);
        Assert.Empty(EqualTo(Some.Read([builder.Finish()]), new RepeatedChunks()));
    }

    /// <summary>a has the chunks 0, 1 and 2, b 3 and 4: 0, 2 and 3 are equal.</summary>
    private void BeginRepeated()
    {
        var builder = Some.Builder();
        List<Signed> pages = [.. Repeats(builder, "a", 0, 1, 0), .. Repeats(builder, "b", 0, 2), builder.Finish()];
        Do(new SenderInput.LinkUp());
        Do(new SenderInput.StreamUp(1));
        Do(new SenderInput.StreamUp(2));
        Expect(Do(new SenderInput.PageBuilt(pages[0])), "page 0", "frame 1: 0", "frame 2: 1", "frame 1: 4");
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 5)])), "=Sending");
    }

    private static IEnumerable<Signed> Repeats(ManifestBuilder builder, string path, params long[] contents)
    {
        var pages = new List<Signed?> { builder.BeginFile(Some.Path(path), (long)contents.Length * Long, 0, 0) };
        pages.AddRange(contents.Select(c => builder.AddChunk(Some.Hash(c), Long)));
        return pages.OfType<Signed>();
    }

    // The last one's equals.
    private static long[] EqualTo(int chunks, int length, Func<int, int> content, int mostKnown = 100)
    {
        var builder = Some.Builder();
        builder.BeginFile(Some.Path("a"), (long)chunks * length, 0, 0);
        for (var i = 0; i < chunks; i++)
            builder.AddChunk(Some.Hash(content(i)), length);
        return EqualTo(Some.Read([builder.Finish()]), new RepeatedChunks(mostKnown));
    }

    private static long[] EqualTo(Protocol.Transfer.Manifests.Manifest manifest, RepeatedChunks repeated)
    {
        foreach (var page in manifest.Pages)
            repeated.Add(manifest, page);
        return [.. repeated.EqualTo(manifest.ChunkCount - 1)];
    }
}
