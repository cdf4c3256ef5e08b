using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Sending;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer.Receipts;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Transfers that end: delivered with a receipt, or failed by name.</summary>
public sealed class DeliveryTests : TransferSpecs
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5 * Chunk + 3)]
    public async Task A_file_arrives_whole_and_both_sides_hold_the_receipt(int bytes)
    {
        var (ann, ben) = Devices();
        var content = ann.Write("a.bin", bytes);

        var id = await ann.SendAsync(ben, "a.bin");

        AssertCompleted(await ann.EndsAsync(id), delivered: 1);
        AssertCompleted(await ben.EndsAsync(id), delivered: 1);
        Assert.Equal(content, ben.Arrived("a.bin"));
        var (sent, received) = ((await ann.ReceiptAsync(id)).Receipt!, (await ben.ReceiptAsync(id)).Receipt!);
        Assert.Equal(received, sent);
        Assert.Equal(ben.Identity.DeviceId, Receipt.Read(sent).Receiver);
    }

    [Fact]
    public async Task Of_what_is_delivered_the_list_is_kept_and_not_how_it_was_sent_and_received()
    {
        var (ann, ben) = Devices();
        ann.Write("a.bin", 5 * Chunk);

        await ann.EndsAsync(await ann.SendAsync(ben, "a.bin"));

        foreach (var device in (TransferDevice[])[ann, ben])
        {
            var no = Assert.Single(device.Database.Transfers.All()).No;
            await AwaitAssertAsync(
                () => Assert.Equal((1u, 0, 0), (device.Database.Manifests.Count(no), device.Database.Manifests.Identities(no, 0).Count, device.Database.Chunks.Load(no).Count)),
                TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public async Task A_tree_arrives_with_its_modes_times_and_links()
    {
        var (ann, ben) = Devices();
        for (var i = 0; i < 300; i++)
            ann.Write($"t/d{i % 7}/f{i}", i * 100);
        File.CreateSymbolicLink(Path.Combine(ann.Files, "t/d1/link"), "../d2/f2");
        Directory.CreateDirectory(Path.Combine(ann.Files, "t/empty"));
        File.SetUnixFileMode(Path.Combine(ann.Files, "t/d3/f3"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(Path.Combine(ann.Files, "t/d4"), DateTime.UnixEpoch.AddDays(1000));

        var id = await ann.SendAsync(ben, "t");

        AssertCompleted(await ann.EndsAsync(id), delivered: 310);
        Assert.Equal(Listing(ann.Files), Listing(ben.Inbox));
        await AwaitAssertAsync(() => Assert.Equal(["t"], Directory.GetFileSystemEntries(ben.Inbox).Select(Path.GetFileName)), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Where_the_name_is_taken_the_receipt_says_the_new_one()
    {
        var (ann, ben) = Devices();
        ann.Write("a.txt", 10);
        Directory.CreateDirectory(ben.Inbox);
        File.WriteAllText(Path.Combine(ben.Inbox, "a.txt"), "mine");

        var id = await ann.SendAsync(ben, "a.txt");

        AssertCompleted(await ann.EndsAsync(id), delivered: 1);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(ben.Inbox, "a.txt")));
        Assert.Equal(10, ben.Arrived("a (2).txt").Length);
        var receipt = Receipt.Read((await ann.ReceiptAsync(id)).Receipt!);
        Assert.Equal("a (2).txt", Assert.Single(receipt.Outcomes).StoredAs);
    }

    [SkippableTheory]
    [InlineData(DiskType.Tmpfs)]
    [InlineData(DiskType.Ext4)]
    public async Task When_the_receivers_disk_runs_full_both_sides_say_so_and_wait_for_room(DiskType type)
    {
        using var small = await SmallDisk.MountAsync(8, type);
        var (ann, ben) = (Start("ann"), Start("ben", Path.Combine(small.Path, "inbox")));
        for (var i = 0; i < 20; i++)
            ann.Write($"t/f{i:00}", 200_000);
        // Enough when it was offered, and gone when it is written.
        FillUpUnderWay(ben, small);

        var id = await ann.SendAsync(ben, "t");

        foreach (var device in (TransferDevice[])[ann, ben])
        {
            // A write finds it full, or the room of the next page is asked for first.
            var waiting = await device.SeesAsync(id, v => v.State == TransferState.Waiting);
            Assert.Matches("no space left on the disk|not enough room on the other device's disk", waiting.Detail);
        }
        File.Delete(Path.Combine(small.Path, "filler"));

        AssertCompleted(await ann.EndsAsync(id), delivered: 21);
        Assert.Equal(200_000, ben.Arrived("t/f19").Length);
    }

    [SkippableTheory]
    [InlineData(DiskType.Tmpfs)]
    [InlineData(DiskType.Ext4)]
    public async Task A_large_file_has_its_room_from_the_start_whoever_fills_the_disk_under_way(DiskType type)
    {
        using var small = await SmallDisk.MountAsync(16, type);
        var (ann, ben) = (Start("ann"), Start("ben", Path.Combine(small.Path, "inbox")));
        ann.Write("large", 10 * Chunk);
        FillUpUnderWay(ben, small);

        var id = await ann.SendAsync(ben, "large");

        AssertCompleted(await ann.SeesAsync(id, v => v.State == TransferState.Waiting || v.IsEnded), delivered: 1);
        Assert.NotEqual(0, new FileInfo(Path.Combine(small.Path, "filler")).Length);
        Assert.Equal(File.ReadAllBytes(Path.Combine(ann.Files, "large")), ben.Arrived("large"));
    }

    [SkippableFact]
    public async Task What_does_not_fit_is_declined_before_a_byte_of_it_travels()
    {
        using var small = await SmallDisk.MountAsync(2);
        var (ann, ben) = (Start("ann"), Start("ben", Path.Combine(small.Path, "inbox")));
        ann.Write("a.bin", 3 * Chunk);

        var id = await ann.SendAsync(ben, "a.bin");

        var sent = await ann.EndsAsync(id);
        Assert.True(sent.IsEnded && sent.State is not TransferState.Completed);
        Assert.Contains("not enough room on the other device's disk: 3 MiB are needed", sent.Detail, StringComparison.Ordinal);
        Assert.Empty(ben.Disk.Writes);
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_sent_is_withdrawn_and_the_others_arrive()
    {
        var (ann, ben) = Devices();
        ann.Write("t/a", 30 * Chunk);
        var other = ann.Write("t/b", 1000);
        ben.Disk.OnWrite = written =>
        {
            if (written == 2)
                File.AppendAllText(Path.Combine(ann.Files, "t/a"), "more");
        };

        var id = await ann.SendAsync(ben, "t");

        var sent = await ann.EndsAsync(id);
        Assert.Equal(TransferState.Incomplete, sent.State);
        Assert.Equal((2, 1, 0), (sent.Receipt!.Delivered, sent.Receipt.Withdrawn, sent.Receipt.Refused));
        Assert.Contains("t/a: the file changed while it was being sent", sent.Detail, StringComparison.Ordinal);
        Assert.Equal(other, ben.Arrived("t/b"));
        Assert.False(File.Exists(Path.Combine(ben.Inbox, "t/a")));
    }

    [Fact]
    public async Task A_checkpoint_after_a_file_was_withdrawn_does_not_end_the_transfer()
    {
        var (ann, ben) = Devices();
        ann.Write("t/a", 30 * Chunk);
        ann.Write("t/b", 1000);
        using var synced = new ManualResetEventSlim();
        var hashed = false;
        ben.Disk.OnSync = synced.Set;
        ben.Disk.OnWrite = written =>
        {
            if (written == 2)
                File.AppendAllText(Path.Combine(ann.Files, "t/a"), "more");
        };
        // The second file's bytes come only after the checkpoint.
        ann.Disk.OnRead = place =>
        {
            if (place.Path != "t/b")
                return;
            if (hashed)
                Assert.True(synced.Wait(TimeSpan.FromSeconds(10)));
            hashed = true;
        };

        var id = await ann.SendAsync(ben, "t");

        var sent = await ann.EndsAsync(id);
        Assert.True(sent.State == TransferState.Incomplete, $"{sent.State}: {sent.Detail}");
        Assert.Equal((2, 1, 0), (sent.Receipt!.Delivered, sent.Receipt.Withdrawn, sent.Receipt.Refused));
    }

    [Fact]
    public async Task A_file_that_was_withdrawn_before_a_restart_does_not_appear_after_it()
    {
        var (ann, ben) = Devices();
        ann.Write("t/a", 30 * Chunk);
        // Opened for its hash, and again to be sent.
        var other = ann.Write("t/b", KeptReads.LargestFile + 1);
        using var mayGoOn = new ManualResetEventSlim();
        var hashed = false;
        ben.Disk.OnWrite = written =>
        {
            if (written == 2)
                File.AppendAllText(Path.Combine(ann.Files, "t/a"), "more");
        };
        ann.Disk.OnRead = place =>
        {
            if (place.Path == "t/b" && hashed)
                mayGoOn.Wait(TimeSpan.FromSeconds(20));
            hashed |= place.Path == "t/b";
        };
        var id = await ann.SendAsync(ben, "t");
        await AwaitAssertAsync(() => Assert.NotEmpty(ben.Database.Outcomes.All(Assert.Single(ben.Database.Transfers.All()).No)), TimeSpan.FromSeconds(10));
        await ben.KillAsync();

        var madeAgain = false;
        ben.Disk.OnComplete = () => madeAgain = Directory.GetFiles(ben.Inbox, "a", SearchOption.AllDirectories).Length > 0;
        // As it is when the process was killed after it had noted the word, and before it had removed the file.
        File.WriteAllText(Path.Combine(Assert.Single(Directory.GetDirectories(Path.Combine(ben.Inbox, ".openshare-partial"))), "t/a"), "half");
        ben.Start();
        ann.See(ben);
        mayGoOn.Set();

        var sent = await ann.EndsAsync(id);
        Assert.Equal((TransferState.Incomplete, 2, 1), (sent.State, sent.Receipt!.Delivered, sent.Receipt.Withdrawn));
        Assert.Equal(other, ben.Arrived("t/b"));
        Assert.False(File.Exists(Path.Combine(ben.Inbox, "t/a")));
        Assert.False(madeAgain);
    }

    private static void FillUpUnderWay(TransferDevice receiver, SmallDisk disk) => receiver.Disk.OnWrite = written =>
    {
        if (written == 3)
            FillUp(disk.Path);
    };

    private static void FillUp(string path)
    {
        using var file = File.Create(Path.Combine(path, "filler"));
        var block = new byte[64 * 1024];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full: that is what it is for.
        }
        finally
        {
            try { file.Dispose(); } catch (IOException) { }
        }
    }

    private static List<string> Listing(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(p => Describe(folder, p)).Order(StringComparer.Ordinal)];

    private static string Describe(string folder, string path)
    {
        var info = new FileInfo(path);
        var content = info.LinkTarget ?? (Directory.Exists(path) ? "directory" : Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))));
        var stat = FileSystem.Local.Stat(path)!.Value;
        return $"{Path.GetRelativePath(folder, path)} {stat.Mode:x} {stat.MtimeNs} {content}";
    }
}
