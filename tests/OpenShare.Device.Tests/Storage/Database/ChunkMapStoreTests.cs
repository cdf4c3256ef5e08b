using OpenShare.Device.Storage.Database;

namespace OpenShare.Device.Tests.Storage.Database;

/// <summary>What of a partial file is known after a restart.</summary>
public sealed class ChunkMapStoreTests : DatabaseSpecs
{
    private readonly TransferNo _no;

    public ChunkMapStoreTests()
    {
        _no = Database.Transfers.Add(Transfer(1));
        Database.Manifests.Append(_no, 0, [0], new ChunkSpan(0, 12));
        Database.Manifests.Append(_no, 1, [1], new ChunkSpan(ulong.MaxValue, 3));
    }

    [Fact]
    public void A_map_starts_all_clear()
    {
        var maps = Reopened().Chunks.Load(_no);

        Assert.Equal([(0u, new ChunkSpan(0, 12)), (1u, new ChunkSpan(ulong.MaxValue, 3))], maps.Select(m => (m.Page, m.Chunks)));
        AssertMap(maps[0], written: [0, 0], durable: [0, 0]);
        AssertMap(maps[1], written: [0], durable: [0]);
    }

    [Fact]
    public void After_a_kill_what_was_written_is_known_and_which_of_it_was_synced()
    {
        Database.Chunks.SaveWritten(_no, [(0, [0b0011, 0]), (1, [0b100])]);
        Database.Chunks.SaveDurable(_no, [(0, [0b0011, 0])]);
        Database.Chunks.SaveWritten(_no, [(0, [0b1111, 0b1])]);

        var maps = Reopened().Chunks.Load(_no);

        AssertMap(maps[0], written: [0b1111, 0b1], durable: [0b0011, 0]);
        AssertMap(maps[1], written: [0b100], durable: [0]);
    }

    [Fact]
    public void What_was_synced_counts_as_written()
    {
        Database.Chunks.SaveDurable(_no, [(1, [0b111])]);

        AssertMap(Reopened().Chunks.Load(_no)[1], written: [0b111], durable: [0b111]);
    }

    [Fact]
    public void What_was_lost_is_neither_written_nor_durable()
    {
        Database.Chunks.SaveDurable(_no, [(0, [0b0111, 0])]);
        Database.Chunks.SaveWritten(_no, [(0, [0b1111, 0b1]), (1, [0b1])]);

        Database.Chunks.Forget(_no, [(0, [0b1010, 0])]);

        AssertMap(Reopened().Chunks.Load(_no)[0], written: [0b0101, 0b1], durable: [0b0101, 0]);
        AssertMap(Reopened().Chunks.Load(_no)[1], written: [0b1], durable: [0]);
    }

    [Fact]
    public void A_map_of_another_size_than_its_pages_changes_nothing()
    {
        Database.Chunks.SaveWritten(_no, [(0, [0xFF])]);
        Database.Chunks.SaveDurable(_no, [(0, [0xFF, 0xFF, 0xFF])]);

        AssertMap(Reopened().Chunks.Load(_no)[0], written: [0, 0], durable: [0, 0]);
    }

    private static void AssertMap(ChunkMap map, byte[] written, byte[] durable)
    {
        Assert.Equal(written, map.Written);
        Assert.Equal(durable, map.Durable);
    }
}
