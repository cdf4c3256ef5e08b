using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Sending;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transfers.Sending;
using OpenShare.Device.Views;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>An unchanged file is not hashed again, and a wrong memory of it does not last.</summary>
public sealed class HashCacheTests : TransferSpecs
{
    private static readonly DateTimeOffset Noon = DateTimeOffset.UnixEpoch.AddDays(20_000);
    private const long Gib = 1024L * Chunk;

    [Fact]
    public async Task What_was_sent_before_is_read_once_to_be_sent_and_not_at_all_where_it_is_already()
    {
        var (ann, ben) = Devices();
        var cem = Start("cem");
        var content = ann.Write("a.bin", (5 * Chunk) + 3);
        Age(ann);
        await SendAsync(ann, ben);
        Assert.Equal(12, ann.Disk.Reads.Count);

        await SendAsync(ann, cem);
        Assert.Equal(18, ann.Disk.Reads.Count);
        Assert.Equal(content, cem.Arrived("a.bin"));

        await SendAsync(ann, ben);
        Assert.Equal(18, ann.Disk.Reads.Count);
    }

    [Fact]
    public async Task Hashes_that_find_no_room_are_not_remembered_and_the_file_is_sent()
    {
        var (ann, ben) = Devices();
        ann.Write("a.bin", 3 * Chunk);
        Age(ann);
        var refused = 0;
        ann.OnNote = noted =>
        {
            if (noted == "hash" && Interlocked.Increment(ref refused) > 0)
                throw new StorageFullException("no space left on the disk");
        };

        await SendAsync(ann, ben);

        Assert.Equal(1, refused);
    }

    [Fact]
    public async Task A_file_that_changed_is_hashed_again()
    {
        var (ann, ben) = Devices();
        ann.Write("a.bin", 3 * Chunk);
        Age(ann);
        await SendAsync(ann, ben);
        var content = new Random(5).NextBytes(3 * Chunk);
        File.WriteAllBytes(Path.Combine(ann.Files, "a.bin"), content);

        await SendAsync(ann, ben);

        Assert.Equal(content, ben.Arrived("a (2).bin"));
    }

    [Fact]
    public async Task A_wrong_hash_fails_one_transfer_and_is_forgotten()
    {
        var (ann, ben) = Devices();
        var content = ann.Write("a.bin", 3 * Chunk);
        Age(ann);
        await SendAsync(ann, ben);
        File.Delete(Path.Combine(ben.Inbox, "a.bin"));
        using (var source = ann.Disk.OpenSource([Path.Combine(ann.Files, "a.bin")]))
        {
            var file = Assert.IsType<SourceItem.Entry>(Assert.Single(source.Scan())).Value.Identity;
            Assert.NotNull(ann.Database.Hashes.Find(file, 0, Chunk));
            ann.Database.Hashes.Save([new HashedStretch(file, 0, Chunk, new byte[3 * 32])]);
        }

        var failed = await ann.EndsAsync(await ann.SendAsync(ben, "a.bin"));
        Assert.Equal(TransferState.Incomplete, failed.State);

        await SendAsync(ann, ben);
        Assert.Equal(content, ben.Arrived("a.bin"));
    }

    [Theory]
    [InlineData(1.9, false)]
    [InlineData(2, true)]
    public void A_file_that_changed_within_two_seconds_of_hashing_is_not_trusted(double secondsBefore, bool isKept)
    {
        using var database = DeviceDatabase.OpenInMemory();
        var file = Entry(Chunk, Noon.AddSeconds(-secondsBefore));

        Hash(new HashCache(database.Hashes, new ManualTime(Noon)), file, 0);

        Assert.Equal(isKept, new HashCache(database.Hashes, new ManualTime(Noon)).Find(file, 0, 8) is not null);
    }

    [Fact]
    public void A_large_file_is_known_by_the_stretches_that_were_hashed_whole()
    {
        using var database = DeviceDatabase.OpenInMemory();
        var file = Entry((2 * Gib) + 1, Noon.AddDays(-1));
        var cache = new HashCache(database.Hashes, new ManualTime(Noon));
        for (var first = 0L; first < 1500; first += 4)
            Hash(cache, file, first);
        cache.Flush();

        var later = new HashCache(database.Hashes, new ManualTime(Noon));

        Assert.Equal(Hashes(file, 1020, 4), later.Find(file, 1020, 8)!.Select(c => Convert.ToHexString(c.Sha256)));
        Assert.Null(later.Find(file, 1024, 8));
        Hash(later, file, 2048);
        Assert.Equal((1, 1), (later.Find(file, 2048, 8)!.Count, later.Find(file, 2048, 8)![0].Length));
    }

    [Fact]
    public void What_was_begun_with_another_file_is_not_kept_for_this_one()
    {
        using var database = DeviceDatabase.OpenInMemory();
        var (first, second) = (Entry(8 * Chunk, Noon.AddDays(-1)), Entry(8 * Chunk, Noon.AddDays(-1), inode: 8));
        var cache = new HashCache(database.Hashes, new ManualTime(Noon));
        Hash(cache, first, 0);

        // As a file goes on in whose middle an earlier process was stopped.
        Hash(cache, second, 4);
        cache.Flush();

        Assert.Null(cache.Find(second, 0, 8));
    }

    [Theory]
    [InlineData(HashCache.SmallestFile - 1, 7)]
    [InlineData(Chunk, 0)]
    public void Small_files_and_those_without_a_number_are_not_kept(long size, ulong inode)
    {
        using var database = DeviceDatabase.OpenInMemory();
        var file = Entry(size, Noon.AddDays(-1), inode);
        var cache = new HashCache(database.Hashes, new ManualTime(Noon));

        Hash(cache, file, 0);
        cache.Flush();

        Assert.Null(cache.Find(file, 0, 8));
    }

    private static SourceEntry Entry(long size, DateTimeOffset changedAt, ulong inode = 7)
    {
        var ns = (changedAt - DateTimeOffset.UnixEpoch).Ticks * 100;
        return new SourceEntry("a", EntryKind.EntryFile, size, 0, ns, "", new FileIdentity(size, ns, ns, inode, 9));
    }

    // Four chunks at a time, as far as the file goes.
    private static void Hash(HashCache cache, SourceEntry file, long first)
    {
        cache.Begin(file, first);
        var count = (int)Math.Min(4, ((file.Size + Chunk - 1) / Chunk) - first);
        cache.Add(file, first, [.. Enumerable.Range(0, count).Select(i => new HashedChunk(HashOf(file, first + i), Chunk))]);
        if (file.Size <= Gib)
            cache.Flush();
    }

    private static IEnumerable<string> Hashes(SourceEntry file, long first, int count) =>
        Enumerable.Range(0, count).Select(i => Convert.ToHexString(HashOf(file, first + i)));

    private static byte[] HashOf(SourceEntry file, long chunk) =>
        System.Security.Cryptography.SHA256.HashData([.. BitConverter.GetBytes(file.Identity.Inode), .. BitConverter.GetBytes(chunk)]);

    // The kernel itself sets the time of a change; so the device's clock goes ahead, as if the file had been left alone for a while.
    private static void Age(TransferDevice device) => device.ClockAhead = TimeSpan.FromMinutes(1);

    private async Task SendAsync(TransferDevice from, TransferDevice to) =>
        AssertCompleted(await from.EndsAsync(await from.SendAsync(to, "a.bin")), delivered: 1);
}
