using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Storage.Database;

/// <summary>Where chunks are is kept for an account, in place of what was known of a path, and the oldest files go first.</summary>
public sealed class ContentStoreTests : DatabaseSpecs
{
    private static readonly AccountId Ann = AccountId.Parse("ann");

    [Fact]
    public void What_was_saved_is_found_by_a_later_process_and_by_no_other_account()
    {
        var file = File("/home/ann/a b");
        Database.Contents.Save(Ann, [(file, [new(-7, 0, 100), new(8, 100, 50)])]);

        var contents = Reopened().Contents;

        var place = Assert.Single(contents.Find(Ann, 8, 50));
        Assert.Equal((file, new ContentChunk(8, 100, 50)), (place.File with { No = 0 }, place.Chunk));
        Assert.Equal(file, contents.At(Ann, "/home/ann/a b")! with { No = 0 });
        Assert.Equal(file, contents.Named(Ann, "a b")! with { No = 0 });
        Assert.Equal([-7, 8], contents.Known(Ann, [1, -7, 7, 8, long.MinValue]).Order());
        Assert.Empty(contents.Find(Ann, 8, 51));
        var other = AccountId.Parse("ben");
        Assert.Empty(contents.Find(other, 8, 50));
        Assert.Null(contents.At(other, "/home/ann/a b"));
        Assert.Null(contents.Named(other, "a b"));
        Assert.Empty(contents.Known(other, [8]));
    }

    [Fact]
    public void What_is_at_a_path_now_takes_the_place_of_what_was()
    {
        Database.Contents.Save(Ann, [(File("/a"), [new(1, 0, 10)])]);
        Database.Contents.Save(Ann, [(File("/a"), [new(2, 0, 10)])]);

        Assert.Empty(Database.Contents.Find(Ann, 1, 10));
        Assert.Single(Database.Contents.Find(Ann, 2, 10));
    }

    [Fact]
    public void The_newest_of_several_files_is_told_first_and_a_few_at_most()
    {
        foreach (var folder in "abcde")
            Database.Contents.Save(Ann, [(File($"/{folder}/name"), [new(1, 0, 10)])]);

        Assert.Equal(["/e/name", "/d/name", "/c/name"], Database.Contents.Find(Ann, 1, 10).Select(p => p.File.Path));
        Assert.Equal("/e/name", Database.Contents.Named(Ann, "name")!.Path);
    }

    [Fact]
    public void A_file_or_a_chunk_that_is_forgotten_is_found_no_more_and_others_are()
    {
        Database.Contents.Save(Ann, [(File("/a"), [new(1, 0, 10), new(2, 10, 10)]), (File("/b"), [new(1, 0, 10)])]);

        Database.Contents.Forget(Database.Contents.Find(Ann, 2, 10)[0]);
        Database.Contents.Forget(Database.Contents.At(Ann, "/b")!);

        Assert.Empty(Database.Contents.Find(Ann, 2, 10));
        Assert.Equal(["/a"], Database.Contents.Find(Ann, 1, 10).Select(p => p.File.Path));
        Assert.Null(Database.Contents.At(Ann, "/b"));
    }

    [Fact]
    public void A_size_is_known_for_files_that_were_cut_by_their_content()
    {
        Database.Contents.Save(Ann, [(File("/a") with { Size = 5 }, []), (File("/b") with { Size = 6, IsContentCut = true }, [])]);

        Assert.Equal((false, true), (Database.Contents.HasContentCut(Ann, 5), Database.Contents.HasContentCut(Ann, 6)));
        Assert.False(Database.Contents.HasContentCut(AccountId.Parse("ben"), 6));
    }

    [Theory]
    [InlineData(3, 1000, 1000, "/d/d")]
    [InlineData(1000, 5, 1000, "/e/e")]
    [InlineData(1000, 1000, 13, "/d/d")]
    public void The_oldest_go_when_there_are_too_many_files_chunks_or_bytes_of_paths(int files, long chunks, long pathBytes, string oldest)
    {
        using var gate = SqliteGate.Open("Data Source=:memory:;Pooling=False", "in memory", Schema.Steps);
        var store = new SqliteContentStore(gate, files, chunks, pathBytes, countEvery: 1);

        foreach (var name in "abcdef")
            store.Save(Ann, [(File($"/{name}/{name}"), [new(name, 0, 10), new(name, 10, 10)])]);

        var kept = "abcdef".Where(name => store.At(Ann, $"/{name}/{name}") is not null).Select(n => $"/{n}/{n}").ToList();
        Assert.Equal(oldest, kept[0]);
        Assert.Equal("/f/f", kept[^1]);
        Assert.Equal(kept, "abcdef".Where(name => store.Known(Ann, [name]).Count > 0).Select(n => $"/{n}/{n}"));
    }

    private static ContentFile File(string path) => new(path, new FileKey(ulong.MaxValue - 3, 17), 150, 1_000_000_001, IsContentCut: false);
}
