using OpenShare.Device.Storage.Database;

namespace OpenShare.Device.Tests.Storage.Database;

/// <summary>What of a partial file is trusted after a restart, on the same boot and on another.</summary>
public sealed class ChunkMapStoreTests : DatabaseSpecs
{
    private const string ThisBoot = "boot 1/mount 1";
    private const string NextBoot = "boot 2/mount 1";

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
        var maps = Reopened().Chunks.Load(_no, ThisBoot);

        Assert.Equal([(0u, new ChunkSpan(0, 12)), (1u, new ChunkSpan(ulong.MaxValue, 3))], maps.Select(m => (m.Page, m.Chunks)));
        AssertMap(maps[0], written: [0, 0], durable: [0, 0], recheck: [0, 0]);
        AssertMap(maps[1], written: [0], durable: [0], recheck: [0]);
    }

    [Fact]
    public void After_a_kill_on_the_same_boot_all_that_was_written_is_trusted()
    {
        Database.Chunks.SaveWritten(_no, ThisBoot, [(0, [0b1011, 0b1]), (1, [0b100])]);

        var maps = Reopened().Chunks.Load(_no, ThisBoot);

        AssertMap(maps[0], written: [0b1011, 0b1], durable: [0, 0], recheck: [0, 0]);
        AssertMap(maps[1], written: [0b100], durable: [0], recheck: [0]);
    }

    [Fact]
    public void After_another_boot_only_what_was_synced_is_trusted_and_the_rest_is_to_be_hashed_again()
    {
        Database.Chunks.SaveWritten(_no, ThisBoot, [(0, [0b0011, 0])]);
        Database.Chunks.SaveDurable(_no, [(0, [0b0011, 0])]);
        Database.Chunks.SaveWritten(_no, ThisBoot, [(0, [0b1111, 0b1])]);

        AssertMap(Reopened().Chunks.Load(_no, NextBoot)[0], written: [0b0011, 0], durable: [0b0011, 0], recheck: [0b1100, 0b1]);
    }

    [Fact]
    public void What_was_synced_counts_as_written()
    {
        Database.Chunks.SaveDurable(_no, [(1, [0b111])]);

        AssertMap(Reopened().Chunks.Load(_no, ThisBoot)[1], written: [0b111], durable: [0b111], recheck: [0]);
    }

    [Fact]
    public void What_was_lost_is_neither_written_nor_durable_nor_to_be_hashed_again()
    {
        Database.Chunks.SaveDurable(_no, [(0, [0b0111, 0])]);
        Database.Chunks.SaveWritten(_no, ThisBoot, [(0, [0b1111, 0b1]), (1, [0b1])]);

        Database.Chunks.Forget(_no, [(0, [0b1010, 0])]);

        AssertMap(Reopened().Chunks.Load(_no, ThisBoot)[0], written: [0b0101, 0b1], durable: [0b0101, 0], recheck: [0, 0]);
        AssertMap(Reopened().Chunks.Load(_no, NextBoot)[0], written: [0b0101, 0], durable: [0b0101, 0], recheck: [0, 0b1]);
        AssertMap(Reopened().Chunks.Load(_no, ThisBoot)[1], written: [0b1], durable: [0], recheck: [0]);
    }

    [Fact]
    public void A_map_of_another_size_than_its_pages_changes_nothing()
    {
        Database.Chunks.SaveWritten(_no, ThisBoot, [(0, [0xFF])]);
        Database.Chunks.SaveDurable(_no, [(0, [0xFF, 0xFF, 0xFF])]);

        AssertMap(Reopened().Chunks.Load(_no, ThisBoot)[0], written: [0, 0], durable: [0, 0], recheck: [0, 0]);
    }

    private static void AssertMap(ChunkMap map, byte[] written, byte[] durable, byte[] recheck)
    {
        Assert.Equal(written, map.Written);
        Assert.Equal(durable, map.Durable);
        Assert.Equal(recheck, map.Recheck);
    }
}
