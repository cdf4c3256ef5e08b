using System.Security.Cryptography;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Files with holes: these are not read, do not travel, take no room, and are holes where they arrive.</summary>
public sealed class SparseTests : TransferSpecs
{
    private const int MiB = 1024 * 1024;

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;

    public SparseTests() => (_ann, _ben) = Devices();

    [Fact]
    public async Task A_sparse_file_needs_room_for_its_data_alone_and_arrives_with_its_holes()
    {
        var content = Sparse("image", 64 * MiB, (20 * MiB) + 5, MiB);
        _ben.Disk.Free = () => (2L * MiB) - (_ben.Disk.Writes.Count * MiB);

        var sent = await _ann.EndsAsync(await _ann.SendAsync(_ben, "image"));

        AssertCompleted(sent, delivered: 1);
        Assert.Equal((2L * MiB, 62L * MiB), (sent.BytesDone, sent.BytesReused));
        Assert.Equal(content, _ben.Arrived("image"));
        Assert.Equal([20L * MiB, 22L * MiB, 64L * MiB], Stretches(Path.Combine(_ben.Inbox, "image")));
        // Each chunk with data in it once to be hashed and once to be sent, and nothing else.
        Assert.Equal([20L * MiB, 20L * MiB, 21L * MiB, 21L * MiB], _ann.Disk.Reads.Select(r => r.Offset).Order());
    }

    [Fact]
    public async Task A_file_that_ends_in_a_hole_has_its_size()
    {
        var content = Sparse("image", (8 * MiB) + 17, 0, 100);

        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "image")), delivered: 1);

        Assert.Equal(content, _ben.Arrived("image"));
    }

    [Fact]
    public async Task Zeros_that_somebody_wrote_become_holes()
    {
        var content = _ann.Write("image", 8 * MiB);
        content.AsSpan(MiB, 5 * MiB).Clear();
        File.WriteAllBytes(Path.Combine(_ann.Files, "image"), content);

        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "image")), delivered: 1);

        Assert.Equal(content, _ben.Arrived("image"));
        Assert.Equal([1L * MiB, 6L * MiB, 8L * MiB], Stretches(Path.Combine(_ben.Inbox, "image")));
    }

    [Fact]
    public async Task A_sparse_file_that_is_there_already_is_left_as_it_stands()
    {
        Sparse("image", 64 * MiB, 20 * MiB, 5 * MiB);
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "image")), delivered: 1);

        var again = await _ann.EndsAsync(await _ann.SendAsync(_ben, "image"));

        Assert.Equal((0L, 64L * MiB), (again.BytesDone, again.BytesReused));
        Assert.False(Path.Exists(Path.Combine(_ben.Inbox, "image (2)")));
    }

    [Fact]
    public async Task A_hole_in_what_stands_there_is_not_taken_for_data()
    {
        Sparse("image", 16 * MiB, 0, MiB);
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "image")), delivered: 1);
        var content = Sparse("image", 16 * MiB, 8 * MiB, 2 * MiB);

        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, ConflictPolicy.Overwrite, "image")), delivered: 1);

        Assert.Equal(content, _ben.Arrived("image"));
    }

    [Fact]
    public async Task A_sparse_file_that_changed_is_cut_by_its_content_and_its_holes_are_not_read()
    {
        Sparse("image", 64 * MiB, 20 * MiB, 3 * MiB);
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "image")), delivered: 1);
        var content = Sparse("image", 64 * MiB, 40 * MiB, 3 * MiB);
        _ann.Disk.Reads.Clear();
        _ben.Disk.Free = () => 24L * MiB;

        var again = await _ann.EndsAsync(await _ann.SendAsync(_ben, ConflictPolicy.Overwrite, "image"));

        AssertCompleted(again, delivered: 1);
        Assert.Equal(content, _ben.Arrived("image"));
        Assert.InRange(again.BytesDone, 3L * MiB, 8L * MiB);
        // Up to 8 MiB at a time are read to be cut, and what ends in data begins in a hole.
        Assert.All(_ann.Disk.Reads, r => Assert.InRange(r.Offset, 30L * MiB, 64L * MiB));
    }

    [Fact]
    public async Task A_receiver_that_is_killed_goes_on_with_the_holes_it_has()
    {
        var content = Sparse("image", 64 * MiB, 30 * MiB, 10 * MiB);
        using var letThrough = new ManualResetEventSlim();
        var id = await SendHeldUpAsync(_ann, _ben, "image", letThrough);
        await _ben.KillAsync();
        letThrough.Set();
        _ben.Disk.OnWrite = _ => { };
        _ben.Disk.Free = () => 10L * MiB;
        _ben.Start();
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);

        Assert.Equal(content, _ben.Arrived("image"));
        Assert.Equal([30L * MiB, 40L * MiB, 64L * MiB], Stretches(Path.Combine(_ben.Inbox, "image")));
    }

    [Fact]
    public async Task Holes_that_a_killed_receiver_made_and_did_not_note_stay_holes()
    {
        var content = Sparse("image", 64 * MiB, 30 * MiB, 10 * MiB);
        using var letThrough = new ManualResetEventSlim();
        var id = await SendHeldUpAsync(_ann, _ben, "image", letThrough);
        var no = _ben.Database.Transfers.All().Single().No;
        _ben.Database.Chunks.Forget(no, [.. _ben.Database.Chunks.Load(no).Select(m => (m.Page, Enumerable.Repeat((byte)0xff, m.Durable.Length).ToArray()))]);
        await _ben.KillAsync();
        letThrough.Set();
        _ben.Disk.OnWrite = _ => { };
        _ben.Start();
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);

        Assert.Equal(content, _ben.Arrived("image"));
        Assert.Equal([30L * MiB, 40L * MiB, 64L * MiB], Stretches(Path.Combine(_ben.Inbox, "image")));
    }

    [Fact]
    public async Task Who_says_holes_where_there_is_data_is_promised_no_room_that_is_not_there()
    {
        var content = _ann.Write("image", 40 * MiB);
        var asked = 0;
        _ann.Disk.OnStretch = _ => Interlocked.Increment(ref asked) == 1 ? new FileStretch(IsHole: true, End: long.MaxValue) : null;
        var size = 20L * MiB;
        _ben.Disk.Free = () => Volatile.Read(ref size) - (_ben.Disk.Writes.Count * MiB);

        var id = await _ann.SendAsync(_ben, "image");
        var waiting = await _ben.SeesAsync(id, v => v.State == TransferState.Waiting);
        Assert.StartsWith("There is not enough room", waiting.Detail, StringComparison.Ordinal);
        Volatile.Write(ref size, 100L * MiB);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(content, _ben.Arrived("image"));
    }

    [Theory]
    // What is said to be holes and is: nothing is promised for it.
    [InlineData(3, "zdzz", 0, 1)]
    // Less holes than were said: the rest has to be promised.
    [InlineData(4, "zddz", 2, 2)]
    [InlineData(3, "dddd", 3, 4)]
    // More: nothing is promised for long.
    [InlineData(1, "zzzd", 0, 3)]
    public void What_is_promised_is_what_is_written(int zeros, string chunks, int excess, int promised)
    {
        var page = Page(zeros, chunks, out var file);
        var unwritten = new UnwrittenFiles();

        Assert.Equal((long)excess * MiB, unwritten.Excess(page, _ => true));
        unwritten.Add(file, roomTakenFrom: 0);
        unwritten.List(page);
        Assert.Equal(((long)promised * MiB, 0L), (unwritten.Bytes, unwritten.Unlisted));
        Assert.Equal((long)promised * MiB, page.ChunksOf(page.Parts[0]).Sum(unwritten.Write));
        Assert.Equal((0L, 0L), (unwritten.Bytes, unwritten.Drop(file.Number)));
    }

    private ManifestPage Page(int zeros, string chunks, out TransferEntry file)
    {
        var builder = new ManifestBuilder(_ann.Identity.Key, ManifestId.New(new SeededRandom(1)), _ann.Identity.DeviceId, _ben.Identity.DeviceId);
        builder.BeginFile(RelativePath.Parse("image"), (long)chunks.Length * MiB, 0, 0, zeroBytes: (long)zeros * MiB);
        for (var i = 0; i < chunks.Length; i++)
            builder.AddChunk(chunks[i] == 'z' ? ZeroChunk.Sha256(MiB) : SHA256.HashData([(byte)i]), MiB);
        var reader = new ManifestReader(_ann.Identity.Key.PublicKey, _ann.Identity.DeviceId, _ben.Identity.DeviceId);
        var page = Assert.IsType<PageReading.Accepted>(reader.Read(builder.Finish())).Page;
        file = page.Parts[0].Entry;
        return page;
    }

    private byte[] Sparse(string name, int size, int offset, int length)
    {
        var content = new byte[size];
        new Random(offset).NextBytes(content.AsSpan(offset, length));
        using var file = File.Create(Path.Combine(_ann.Files, name));
        file.SetLength(size);
        file.Position = offset;
        file.Write(content, offset, length);
        return content;
    }

    /// <summary>Where the holes of a file that begins with one, or its data, end in turn.</summary>
    private static List<long> Stretches(string path)
    {
        using var file = FileSystem.Local.OpenToRead(path);
        var (ends, size) = (new List<long>(), file.Stat().Size);
        for (var at = 0L; at < size; at = ends[^1])
            ends.Add(Math.Min(file.StretchAt(at).End, size));
        return ends;
    }
}
