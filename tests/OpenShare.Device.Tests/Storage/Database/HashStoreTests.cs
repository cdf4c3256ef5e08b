using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;

namespace OpenShare.Device.Tests.Storage.Database;

/// <summary>Hashes of files are found again while the file is what it was, and the oldest go first.</summary>
public sealed class HashStoreTests : DatabaseSpecs
{
    private const int Chunk = 1024;
    private static readonly FileIdentity File = new(5000, 1_000_000_001, 1_000_000_002, ulong.MaxValue - 3, ulong.MaxValue - 4);

    [Fact]
    public void What_was_saved_is_found_by_a_later_process()
    {
        Database.Hashes.Save([new HashedStretch(File, 0, Chunk, [1, 2]), new HashedStretch(File, 1, Chunk, [3])]);

        var hashes = Reopened().Hashes;

        Assert.Equal([1, 2], hashes.Find(File, 0, Chunk));
        Assert.Equal([3], hashes.Find(File, 1, Chunk));
        Assert.Null(hashes.Find(File, 2, Chunk));
    }

    [Fact]
    public void A_file_of_which_anything_differs_is_another()
    {
        Database.Hashes.Save([new HashedStretch(File, 0, Chunk, [1])]);

        FileIdentity[] others = [
            File with { Size = 5001 }, File with { MtimeNs = 1_000_000_000 }, File with { CtimeNs = 1_000_000_003 }, File with { Inode = 7 }, File with { Device = 7 }];

        Assert.All(others, other => Assert.Null(Database.Hashes.Find(other, 0, Chunk)));
        Assert.Null(Database.Hashes.Find(File, 0, Chunk + 1));
    }

    [Fact]
    public void What_a_file_is_now_takes_the_place_of_what_it_was()
    {
        Database.Hashes.Save([new HashedStretch(File, 0, Chunk, [1])]);
        var now = File with { CtimeNs = 2_000_000_000 };
        Database.Hashes.Save([new HashedStretch(now, 0, Chunk, [2])]);

        Assert.Null(Database.Hashes.Find(File, 0, Chunk));
        Assert.Equal([2], Database.Hashes.Find(now, 0, Chunk));
    }

    [Fact]
    public void A_file_that_is_forgotten_is_hashed_again_and_no_other()
    {
        var other = File with { Inode = 7 };
        Database.Hashes.Save([new HashedStretch(File, 0, Chunk, [1]), new HashedStretch(File, 1, Chunk, [2]), new HashedStretch(other, 0, Chunk, [3])]);

        Database.Hashes.Forget(File);

        Assert.Equal([null, null], new[] { 0, 1 }.Select(stretch => Database.Hashes.Find(File, stretch, Chunk)));
        Assert.Equal([3], Database.Hashes.Find(other, 0, Chunk));
    }

    [Theory]
    [InlineData(3, 1000, new ulong[] { 2, 4, 1 })]
    [InlineData(1000, 25, new ulong[] { 4, 1 })]
    public void A_full_cache_lets_go_of_the_oldest(int rows, long bytes, ulong[] left)
    {
        using var gate = SqliteGate.Open("Data Source=:memory:;Pooling=False", "in memory", Schema.Steps);
        var hashes = new SqliteHashStore(gate, rows, bytes);

        // File 1 is hashed anew at last, and so no longer the oldest.
        foreach (var inode in new ulong[] { 1, 2, 3, 2, 4, 1 })
            hashes.Save([new HashedStretch(File with { Inode = inode }, 0, Chunk, new byte[10])]);

        Assert.Equal(left.Order(), new ulong[] { 1, 2, 3, 4 }.Where(inode => hashes.Find(File with { Inode = inode }, 0, Chunk) is not null));
    }
}
