using OpenShare.Protocol.Transfer;

namespace OpenShare.Protocol.Tests.Transfer;

/// <summary>Which files are done, under way and to come.</summary>
public sealed class FilesProgressTests
{
    private static readonly FilesAsked Everything = new(0, FilesProgress.Most);

    [Fact]
    public void Each_file_is_done_under_way_to_come_or_left_out_and_folders_are_none()
    {
        var builder = Some.Builder();
        var manifest = Some.Read([
            .. builder.Directory("a"), .. builder.File("a/done", 2), .. builder.File("a/empty", 0), .. builder.File("a/half", 3),
            .. builder.File("a/travels", 1), .. builder.File("a/later", 1), .. builder.File("a/left", 1), builder.Finish()]);

        var files = FilesProgress.Of(manifest, o => o is 0 or 1 or 3, e => e == 6, new HashSet<uint> { 4 }, Everything);

        Assert.Equal((2, 2, 1, 1, (uint?)null), (files.Done, files.UnderWay, files.ToCome, files.LeftOut, files.Next));
        Assert.Equal(
            ["a/done 2000 of 2000 Done", "a/empty 0 of 0 Done", "a/half 1000 of 3000 UnderWay", "a/travels 0 of 1000 UnderWay", "a/later 0 of 1000 ToCome", "a/left 0 of 1000 LeftOut"],
            files.List.Select(f => $"{f.Path} {f.BytesDone} of {f.Size} {f.State}"));
    }

    [Fact]
    public void A_file_over_several_pages_is_counted_once_with_all_its_bytes()
    {
        var files = FilesProgress.Of(Some.Read(Some.Pages()), o => o < 35, _ => false, new HashSet<uint>(), Everything);

        Assert.Equal(new FileProgress("photos/long.raw", 40_000, 35_000, FileState.UnderWay), files.List[0]);
        Assert.Equal((1, 1, 1), (files.Done, files.UnderWay, files.ToCome));
    }

    [Fact]
    public void A_long_list_comes_in_parts_with_the_same_counts_in_each()
    {
        var builder = Some.Builder();
        var manifest = Some.Read([.. Enumerable.Range(0, 2500).SelectMany(i => builder.File($"{i}", 1)), builder.Finish()]);
        var names = new List<string>();
        for (uint? from = 0; from is { } next;)
        {
            var part = FilesProgress.Of(manifest, o => o < 1200, _ => false, new HashSet<uint>(), new FilesAsked(next, 900));
            Assert.InRange(part.List.Length, 1, 900);
            Assert.Equal((1200, 1300), (part.Done, part.ToCome));
            names.AddRange(part.List.Select(f => f.Path));
            from = part.Next;
        }
        Assert.Equal(Enumerable.Range(0, 2500).Select(i => $"{i}"), names);
    }

    [Fact]
    public void Only_the_files_of_one_state_are_listed_where_that_is_asked()
    {
        var manifest = Some.Read(Some.Pages());

        var files = FilesProgress.Of(manifest, o => o == 40, _ => false, new HashSet<uint> { 1 }, new FilesAsked(0, 1, FileState.Done));

        Assert.Equal(["photos/empty"], files.List.Select(f => f.Path));
        Assert.Equal((2, 1, 0), (files.Done, files.UnderWay, files.ToCome));
        Assert.NotNull(files.Next);
        Assert.Empty(FilesProgress.Of(manifest, _ => true, _ => false, new HashSet<uint>(), new FilesAsked(0, 0)).List);
    }
}
