using OpenShare.Device.Storage;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>What comes of names that are taken: the same is recognised, and the rest is as the sender wishes.</summary>
public sealed class ConflictTests : TransferSpecs
{
    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly ManualResetEventSlim _letThrough = new();

    public ConflictTests() => (_ann, _ben) = Devices();

    [Theory]
    [InlineData(ConflictPolicy.Rename)]
    [InlineData(ConflictPolicy.Skip)]
    [InlineData(ConflictPolicy.Overwrite)]
    public async Task What_is_sent_again_unchanged_is_there_already_and_no_byte_of_it_travels(ConflictPolicy policy)
    {
        var bytes = WriteTree();
        AssertCompleted(await EndAsync(policy), delivered: 6);
        var (arrived, written) = (Snapshot(), _ben.Disk.Writes.Count);

        var again = await EndAsync(policy);

        AssertCompleted(again, delivered: 6);
        Assert.Equal((0L, (long)bytes), (again.BytesDone, again.BytesReused));
        Assert.Equal((arrived, written), (Snapshot(), _ben.Disk.Writes.Count));
        var outcome = Assert.Single((await ReceiptAsync(again)).Outcomes);
        Assert.Equal((Outcome.Delivered, "already there"), (outcome.Outcome, outcome.Detail));
    }

    [Fact]
    public async Task A_tree_of_which_one_file_changed_is_stored_whole_under_another_name_and_only_that_file_travels()
    {
        WriteTree();
        await EndAsync(ConflictPolicy.Rename);
        var before = Snapshot("t");
        var changed = _ann.Write("t/sub/b", (2 * Chunk) + 1);

        var again = await EndAsync(ConflictPolicy.Rename);

        AssertCompleted(again, delivered: 6);
        Assert.Equal(changed.Length, again.BytesDone);
        Assert.Equal(before, Snapshot("t"));
        Assert.Equal(Snapshot("t", _ann.Files), Snapshot("t (2)").Replace("t (2)", "t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Skip_adds_what_is_new_and_leaves_what_is_there_and_says_which()
    {
        WriteTree();
        Put("t/a", "mine");
        Put("t/only here", "mine too");

        var sent = await EndAsync(ConflictPolicy.Skip);

        Assert.Equal((TransferState.Completed, "t/a: the name is taken"), (sent.State, sent.Detail));
        Assert.Equal((5, 1), (sent.Receipt!.Delivered, sent.Receipt.Skipped));
        Assert.Equal(("mine", "mine too"), (Read("t/a"), Read("t/only here")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(_ann.Files, "t/sub/b")), _ben.Arrived("t/sub/b"));
        Assert.False(Directory.Exists(Path.Combine(_ben.Inbox, "t (2)")));
        Assert.DoesNotContain(_ben.Disk.Writes, w => w.Path == "t/a");
    }

    [Fact]
    public async Task Overwrite_replaces_files_and_links_and_no_directory_and_keeps_what_else_is_there()
    {
        WriteTree();
        var outside = Path.Combine(_ben.Inbox, "outside");
        Put("outside", "not to be touched");
        Put("t/only here", "mine");
        File.CreateSymbolicLink(Path.Combine(_ben.Inbox, "t/a"), outside);
        Directory.CreateDirectory(Path.Combine(_ben.Inbox, "t/sub/b"));

        var sent = await EndAsync(ConflictPolicy.Overwrite);

        Assert.Equal((TransferState.Incomplete, "t/sub/b: something else stands there that is not replaced"), (sent.State, sent.Detail));
        Assert.Equal((5, 1), (sent.Receipt!.Delivered, sent.Receipt.Refused));
        Assert.Equal(("not to be touched", "mine"), (File.ReadAllText(outside), Read("t/only here")));
        Assert.Null(new FileInfo(Path.Combine(_ben.Inbox, "t/a")).LinkTarget);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_ann.Files, "t/a")), _ben.Arrived("t/a"));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_ben.Inbox, "t/sub/b")));
    }

    [Theory]
    [InlineData(ConflictPolicy.Skip, "mine", 0)]
    [InlineData(ConflictPolicy.Overwrite, null, 1)]
    public async Task A_single_file_is_left_or_replaced(ConflictPolicy policy, string? left, int delivered)
    {
        var content = _ann.Write("t", 3000);
        Put("t", "mine");

        var sent = await EndAsync(policy);

        Assert.Equal((TransferState.Completed, delivered), (sent.State, sent.Receipt!.Delivered));
        Assert.Equal(left ?? Convert.ToHexString(content), left is null ? Convert.ToHexString(_ben.Arrived("t")) : Read("t"));
        // The staging place is emptied beside the delivery of the receipt.
        await AwaitAssertAsync(() => Assert.Equal(["t"], Directory.GetFileSystemEntries(_ben.Inbox).Select(Path.GetFileName)), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_receiver_that_lets_nothing_be_replaced_renames_and_says_so()
    {
        await _ben.KillAsync();
        _ben.AllowsOverwriting = false;
        _ben.Start();
        var content = _ann.Write("t", 3000);
        Put("t", "mine");

        var sent = await EndAsync(ConflictPolicy.Overwrite);

        AssertCompleted(sent, delivered: 1);
        Assert.Equal("mine", Read("t"));
        Assert.Equal(content, _ben.Arrived("t (2)"));
        var outcome = Assert.Single((await ReceiptAsync(sent)).Outcomes);
        Assert.Equal(("t (2)", "this device replaces no files"), (outcome.StoredAs, outcome.Detail));
    }

    [Theory]
    [InlineData(ConflictPolicy.Rename)]
    [InlineData(ConflictPolicy.Overwrite)]
    public async Task What_stood_there_and_changes_before_the_end_is_sent_after_all(ConflictPolicy policy)
    {
        var content = _ann.Write("t/a", 3 * Chunk);
        _ann.Write("t/z", 6 * Chunk);
        Directory.CreateDirectory(Path.Combine(_ben.Inbox, "t"));
        File.WriteAllBytes(Path.Combine(_ben.Inbox, "t/a"), content);
        var underWay = new TaskCompletionSource();
        _ben.Disk.OnWrite = number =>
        {
            if (number < 2)
                return;
            underWay.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        var id = await _ann.SendAsync(_ben, policy, "t");
        await underWay.Task.WaitAsync(TimeSpan.FromSeconds(20));

        Put("t/a", "changed");
        _letThrough.Set();

        AssertCompleted(await _ann.EndsAsync(id), delivered: 3);
        Assert.Equal(content, _ben.Arrived(policy == ConflictPolicy.Rename ? "t (2)/a" : "t/a"));
        Assert.Equal(policy == ConflictPolicy.Rename, File.Exists(Path.Combine(_ben.Inbox, "t/a")) && Read("t/a") == "changed");
    }

    [Fact]
    public async Task A_receipt_that_comes_again_changes_nothing_of_what_is_kept()
    {
        WriteTree();
        Put("t/a", "mine");
        // It ends between the receipt and its confirmation: the receiver delivers it once more.
        var (isReceived, refused) = (false, 0);
        _ann.OnNote = note =>
        {
            isReceived |= note == "receipt";
            if (isReceived && note == "state" && Interlocked.Increment(ref refused) == 1)
                throw new StorageFullException("no room");
        };

        var sent = await EndAsync(ConflictPolicy.Skip);

        await AwaitAssertAsync(() => Assert.Empty(_ben.Database.Receipts.Unconfirmed()), TimeSpan.FromSeconds(30));
        Assert.InRange(refused, 1, 2);
        Assert.Equal((TransferState.Completed, "t/a: the name is taken"), (sent.State, sent.Detail));
        var kept = _ann.Database.Transfers.Find(sent.Id)!.Value.Transfer;
        Assert.Equal((sent.State, sent.Detail, sent.BytesDone, sent.ChunksDone), (kept.State, kept.Detail, kept.BytesDone, kept.ChunksDone));
        var shown = Assert.Single(await _ann.TransfersAsync());
        Assert.Equal((sent.State, sent.Detail, sent.ChunksDone, true), (shown.State, shown.Detail, shown.ChunksDone, shown.TotalsKnown));
    }

    [Fact]
    public async Task A_receiver_that_is_killed_finds_again_what_stood_there()
    {
        var content = _ann.Write("t/a", 3 * Chunk);
        var last = _ann.Write("t/z", 6 * Chunk);
        Directory.CreateDirectory(Path.Combine(_ben.Inbox, "t"));
        File.WriteAllBytes(Path.Combine(_ben.Inbox, "t/a"), content);
        var underWay = new TaskCompletionSource();
        _ben.Disk.OnWrite = number =>
        {
            if (number < 2)
                return;
            underWay.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        var id = await _ann.SendAsync(_ben, ConflictPolicy.Overwrite, "t");
        await underWay.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var stopping = _ben.KillAsync();
        _letThrough.Set();
        await stopping;
        await AwaitAssertAsync(() => Assert.Equal(0, _ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));

        _ben.Start();
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 3);
        Assert.Equal((content, last), (_ben.Arrived("t/a"), _ben.Arrived("t/z")), Bytes);
        Assert.DoesNotContain(_ben.Disk.Writes, w => w.Path == "t/a");
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        base.AfterAll();
    }

    private static readonly EqualityComparer<(byte[], byte[])> Bytes =
        EqualityComparer<(byte[], byte[])>.Create((a, b) => a.Item1.AsSpan().SequenceEqual(b.Item1) && a.Item2.AsSpan().SequenceEqual(b.Item2));

    // 6 entries: t, a, empty, link, sub, sub/b.
    private int WriteTree()
    {
        var bytes = _ann.Write("t/a", 3000).Length + _ann.Write("t/sub/b", (2 * Chunk) + 5).Length;
        Directory.CreateDirectory(Path.Combine(_ann.Files, "t/empty"));
        File.CreateSymbolicLink(Path.Combine(_ann.Files, "t/link"), "sub/b");
        return bytes;
    }

    private async Task<TransferView> EndAsync(ConflictPolicy policy) => await _ann.EndsAsync(await _ann.SendAsync(_ben, policy, "t"));

    private async Task<Receipt> ReceiptAsync(TransferView view) => Receipt.Read((await _ann.ReceiptAsync(view.Id)).Receipt!);

    private void Put(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_ben.Inbox, name))!);
        File.WriteAllText(Path.Combine(_ben.Inbox, name), text);
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_ben.Inbox, name));

    // Names, kinds, times and contents.
    private string Snapshot(string top = "", string? under = null) => string.Join('\n', new DirectoryInfo(Path.Combine(under ?? _ben.Inbox, top))
        .EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Where(i => !i.FullName.Contains(".openshare-partial", StringComparison.Ordinal))
        .Select(i => $"{Path.GetRelativePath(under ?? _ben.Inbox, i.FullName)} {i.LinkTarget} {(i is FileInfo { LinkTarget: null } f ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f.FullName))) : "")}")
        .Order(StringComparer.Ordinal));
}
