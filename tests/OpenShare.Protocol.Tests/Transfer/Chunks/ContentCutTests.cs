using OpenShare.Protocol.Transfer.Chunks;

namespace OpenShare.Protocol.Tests.Transfer.Chunks;

/// <summary>Boundaries follow from the content, and what is far from a change is cut as before.</summary>
public sealed class ContentCutTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ContentCut.Least)]
    [InlineData(ContentCut.Least + 1)]
    [InlineData((9 * MiB) + 7)]
    public void Chunks_add_up_and_keep_their_limits(int size)
    {
        var lengths = Cut(Content(1, size));

        Assert.Equal(size, lengths.Sum());
        Assert.All(lengths.SkipLast(1), length => Assert.InRange(length, ContentCut.Least, ContentCut.Most));
        Assert.All(lengths.TakeLast(1), length => Assert.InRange(length, 1, ContentCut.Most));
    }

    [Fact]
    public void A_chunk_ends_where_it_does_however_much_is_read_behind_it()
    {
        var content = Content(2, 16 * MiB);
        for (var offset = 0; offset + ContentCut.Most <= content.Length - ContentCut.Most; offset += 777_777)
        {
            var length = ContentCut.Length(content.AsSpan(offset, ContentCut.Most));
            Assert.Equal(length, ContentCut.Length(content.AsSpan(offset)));
            Assert.Equal(length, ContentCut.Length(content.AsSpan(offset, ContentCut.Most + 1)));
            Assert.Equal(length, ContentCut.Length(content.AsSpan(offset, length)));
        }
    }

    [Fact]
    public void What_is_known_of_a_part_is_what_the_whole_has_and_a_part_with_no_end_waits_for_more()
    {
        var content = Content(5, 4 * MiB);
        var whole = ContentCut.Length(content);

        Assert.All(Enumerable.Range(1, 32).Select(i => i * ContentCut.Most / 32), part =>
        {
            Assert.Equal(part > whole ? whole : 0, ContentCut.KnownLength(content.AsSpan(0, part), areLast: false));
            Assert.Equal(Math.Min(part, whole), ContentCut.KnownLength(content.AsSpan(0, part), areLast: true));
        });
        Assert.Equal(ContentCut.Most, ContentCut.KnownLength(new byte[ContentCut.Most], areLast: false));
        Assert.Equal(0, ContentCut.KnownLength([], areLast: true));
    }

    [Fact]
    public void The_usual_chunk_is_of_the_usual_length()
    {
        var lengths = Cut(Content(3, 64 * MiB));

        Assert.InRange(lengths.Average(), ContentCut.Usual * 0.8, ContentCut.Usual * 1.5);
        Assert.True(lengths.Count(l => l == ContentCut.Most) < lengths.Count / 20, "hardly one is as long as may be");
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(0, 1024, 0)]
    [InlineData(7 * MiB, 1, 0)]
    [InlineData(7 * MiB, 5 * MiB, 0)]
    [InlineData(7 * MiB, 0, 1)]
    [InlineData(7 * MiB, 0, 3 * MiB)]
    [InlineData(7 * MiB, 100, 100)]
    [InlineData(20 * MiB, 4096, 0)]
    public void A_change_moves_only_the_boundaries_near_it(int at, int inserted, int removed)
    {
        for (var seed = 10; seed < 20; seed++)
        {
            var before = Content(seed, 20 * MiB);
            byte[] after = [.. before[..at], .. Content(seed + 1000, inserted), .. before[(at + removed)..]];
            var known = Boundaries(before).ToHashSet();

            // Boundaries as far from the file's end: behind the change they are the same again.
            var moved = Boundaries(after).Select(b => b <= at ? b : b - inserted + removed).Where(b => !known.Contains(b)).ToList();

            Assert.True(moved.Count <= 8 + (inserted / ContentCut.Usual), $"seed {seed}: {moved.Count} boundaries are new");
            Assert.All(moved, b => Assert.InRange(b, at - inserted + removed - ContentCut.Most, at + removed + (6 * ContentCut.Most)));
        }
    }

    [Fact]
    public void Bytes_that_repeat_are_cut_alike()
    {
        foreach (var value in new byte[] { 0, 255 })
        {
            var content = new byte[9 * MiB];
            content.AsSpan().Fill(value);
            Assert.Single(Cut(content).SkipLast(1).Distinct());
        }
    }

    private static List<int> Cut(byte[] content)
    {
        var lengths = new List<int>();
        for (var rest = content.AsSpan(); rest.Length > 0; rest = rest[lengths[^1]..])
            lengths.Add(ContentCut.Length(rest));
        return lengths;
    }

    private static IEnumerable<int> Boundaries(byte[] content)
    {
        var at = 0;
        return Cut(content).Select(length => at += length);
    }

    private static byte[] Content(int seed, int size)
    {
        var content = new byte[size];
        new Random(seed).NextBytes(content);
        return content;
    }
}
