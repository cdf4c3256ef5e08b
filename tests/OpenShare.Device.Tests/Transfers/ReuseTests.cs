using System.Security.Cryptography;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Device.Views;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>What the receiver has anywhere among the files it received and sent does not travel; what it only seems to have does.</summary>
public sealed class ReuseTests : TransferSpecs
{
    private const int Size = (3 * Chunk) + 5;

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;

    public ReuseTests() => (_ann, _ben) = Devices();

    [Fact]
    public async Task The_same_file_under_another_name_is_copied_there()
    {
        var content = await SendFirstAsync();

        var again = await SendCopyAsync("moved/b");

        Assert.Equal((0L, (long)Size), (again.BytesDone, again.BytesReused));
        Assert.Equal((content, content), (_ben.Arrived("a"), _ben.Arrived("moved/b")), Bytes);
        var received = (await _ben.TransfersAsync())[0];
        Assert.Equal((0L, (long)Size), (received.BytesDone, received.BytesReused));
    }

    [Fact]
    public async Task Zeros_do_not_travel()
    {
        var content = _ann.Write("image", Size);
        content.AsSpan(Chunk, 2 * Chunk).Clear();
        File.WriteAllBytes(Path.Combine(_ann.Files, "image"), content);

        var sent = await _ann.EndsAsync(await _ann.SendAsync(_ben, "image"));

        AssertCompleted(sent, delivered: 1);
        Assert.Equal((Chunk + 5L, 2L * Chunk), (sent.BytesDone, sent.BytesReused));
        Assert.Equal(content, _ben.Arrived("image"));
    }

    [Fact]
    public async Task The_same_file_twice_in_a_tree_travels_once()
    {
        const int large = 40 * Chunk;
        var content = _ann.Write("t/a", large);
        File.Copy(Path.Combine(_ann.Files, "t/a"), Path.Combine(_ann.Files, "t/b"));

        var sent = await _ann.EndsAsync(await _ann.SendAsync(_ben, "t"));

        AssertCompleted(sent, delivered: 3);
        Assert.Equal(((long)large, (long)large), (sent.BytesDone, sent.BytesReused));
        Assert.Equal((content, content), (_ben.Arrived("t/a"), _ben.Arrived("t/b")), Bytes);
        var received = (await _ben.TransfersAsync())[0];
        Assert.Equal(((long)large, (long)large), (received.BytesDone, received.BytesReused));
    }

    [Fact]
    public async Task A_chunk_that_a_file_has_again_and_again_travels_once()
    {
        var block = new Random(1).NextBytes(Chunk);
        var content = Enumerable.Range(0, 50).SelectMany(n => n % 5 == 0 ? new Random(n + 2).NextBytes(Chunk) : block).ToArray();
        File.WriteAllBytes(Path.Combine(_ann.Files, "a"), content);

        var sent = await _ann.EndsAsync(await _ann.SendAsync(_ben, "a"));

        AssertCompleted(sent, delivered: 1);
        Assert.Equal((11L * Chunk, 39L * Chunk), (sent.BytesDone, sent.BytesReused));
        Assert.Equal(content, _ben.Arrived("a"));
    }

    [Fact]
    public async Task What_somebody_changed_in_the_staging_place_is_not_copied_from_there()
    {
        var content = _ann.Write("t/a", 16 * Chunk);
        File.Copy(Path.Combine(_ann.Files, "t/a"), Path.Combine(_ann.Files, "t/b"));
        using var bothPages = new ManualResetEventSlim();
        // The second page is prepared when all of the first has arrived, and was damaged.
        var prepared = 0;
        _ben.Disk.OnPrepare = () =>
        {
            if (Interlocked.Increment(ref prepared) == 2)
            {
                Assert.True(SpinWait.SpinUntil(() => _ben.Database.Chunks.Load(_ben.Database.Transfers.All()[0].No).Sum(m => m.Written.Sum(b => int.PopCount(b))) >= 16, TimeSpan.FromSeconds(20)));
                using var staged = File.OpenWrite(Directory.GetFiles(Path.Combine(_ben.Inbox, ".openshare-partial"), "a", SearchOption.AllDirectories).Single());
                staged.Position = 3 * Chunk;
                staged.WriteByte((byte)~content[3 * Chunk]);
            }
            return DiskResult.Done;
        };

        var sent = await _ann.EndsAsync(await _ann.SendAsync(_ben, "t"));

        Assert.Equal((17L * Chunk, 15L * Chunk), (sent.BytesDone, sent.BytesReused));
        Assert.Equal(content, _ben.Arrived("t/b"));
    }

    [Fact]
    public async Task A_file_that_this_device_sent_is_not_sent_back_to_it()
    {
        _ben.Write("a", Size);
        AssertCompleted(await _ben.EndsAsync(await _ben.SendAsync(_ann, "a")), delivered: 1);
        var content = _ann.Write("b", Size);

        var back = await _ann.EndsAsync(await _ann.SendAsync(_ben, "b"));

        AssertCompleted(back, delivered: 1);
        Assert.Equal((0L, (long)Size), (back.BytesDone, back.BytesReused));
        Assert.Equal(content, _ben.Arrived("b"));
    }

    [Fact]
    public async Task A_chunk_that_was_changed_since_travels_and_the_others_do_not()
    {
        var content = await SendFirstAsync();
        using (var file = File.OpenWrite(Path.Combine(_ben.Inbox, "a")))
        {
            file.Position = Chunk + 17;
            file.WriteByte((byte)~content[Chunk + 17]);
        }

        var again = await SendCopyAsync("b");

        Assert.Equal(((long)Chunk, (long)Size - Chunk), (again.BytesDone, again.BytesReused));
        Assert.Equal(content, _ben.Arrived("b"));
        Assert.DoesNotContain(Find(content.AsSpan(Chunk, Chunk)), p => p.File.Path.EndsWith("/a", StringComparison.Ordinal));
        Assert.Contains(Find(content.AsSpan(0, Chunk)), p => p.File.Path.EndsWith("/a", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("another file")]
    [InlineData("a link to a file of the same content")]
    [InlineData("a pipe")]
    public async Task What_is_no_longer_there_travels_and_is_forgotten(string instead)
    {
        var content = await SendFirstAsync();
        var file = Path.Combine(_ben.Inbox, "a");
        var elsewhere = Path.Combine(_ben.Inbox, "elsewhere");
        File.Move(file, elsewhere);
        if (instead == "another file")
            File.Copy(elsewhere, file);
        else if (instead.StartsWith("a link", StringComparison.Ordinal))
            File.CreateSymbolicLink(file, elsewhere);
        else if (instead == "a pipe")
            (await System.Diagnostics.Process.Start("mkfifo", [file]).WaitAsync()).Dispose();

        var again = await SendCopyAsync("b");

        Assert.Equal(((long)Size, 0L), (again.BytesDone, again.BytesReused));
        Assert.Equal(content, _ben.Arrived("b"));
        Assert.Null(_ben.Database.Contents.At(_ben.Identity.Certificate.Account, file));
    }

    [Fact]
    public async Task What_the_index_says_wrongly_of_another_file_is_neither_taken_nor_believed_again()
    {
        var content = _ann.Write("b", Size);
        var secret = Path.Combine(_ben.Files, "secret");
        File.WriteAllBytes(secret, new byte[Size]);
        var lie = new ContentChunk(ContentIndex.Start(SHA256.HashData(content.AsSpan(0, Chunk))), 0, Chunk);
        _ben.Database.Contents.Save(_ben.Identity.Certificate.Account, [(new ContentFile(secret, _ben.Disk.Mark(secret)!.Value.Key, Size, 0, false), [lie])]);

        var sent = await _ann.EndsAsync(await _ann.SendAsync(_ben, "b"));

        AssertCompleted(sent, delivered: 1);
        Assert.Equal(((long)Size, 0L), (sent.BytesDone, sent.BytesReused));
        Assert.Equal(content, _ben.Arrived("b"));
        Assert.DoesNotContain(Find(content.AsSpan(0, Chunk)), p => p.File.Path == secret);
    }

    [Fact]
    public async Task What_was_received_for_another_account_is_not_used_for_this_one()
    {
        var content = _ann.Write("b", Size);
        var theirs = Path.Combine(_ben.Files, "theirs");
        File.WriteAllBytes(theirs, content);
        var chunk = new ContentChunk(ContentIndex.Start(SHA256.HashData(content.AsSpan(0, Chunk))), 0, Chunk);
        _ben.Database.Contents.Save(Protocol.Identity.AccountId.Parse("others"), [(new ContentFile(theirs, _ben.Disk.Mark(theirs)!.Value.Key, Size, 0, false), [chunk])]);

        var sent = await _ann.EndsAsync(await _ann.SendAsync(_ben, "b"));

        Assert.Equal(((long)Size, 0L), (sent.BytesDone, sent.BytesReused));
    }

    [Fact]
    public async Task A_peer_of_another_account_learns_nothing_of_what_is_here()
    {
        await SendFirstAsync();
        var (no, record) = _ben.Stores.Transfers.All()[0];
        var scope = new TransferScope(_ben.Context, _ben.Stores, _ben.Disk, _ben.Identity, TestActor, no, record, AcceptPolicy.Own);

        Assert.NotNull(scope.ContentsFor(_ann.Identity.Certificate));
        Assert.Null(scope.ContentsFor(Organisation.Enroll("eve", account: "others").Certificate));
    }

    [Fact]
    public async Task Small_files_and_texts_are_not_remembered()
    {
        _ann.Write("t/small", (int)ContentIndex.SmallestFile - 1);
        _ann.Write("t/large enough", (int)ContentIndex.SmallestFile);

        _ann.Write("text", (int)ContentIndex.SmallestFile);
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "t")), delivered: 3);
        AssertCompleted(await _ann.EndsAsync(await _ann.SendTextAsync(_ben, "text")), delivered: 1);

        var account = _ben.Identity.Certificate.Account;
        Assert.Null(_ben.Database.Contents.Named(account, "small"));
        Assert.Null(_ben.Database.Contents.Named(account, "text"));
        Assert.Null(_ann.Database.Contents.Named(account, "text"));
        Assert.Equal(Path.Combine(_ben.Inbox, "t/large enough"), _ben.Database.Contents.Named(account, "large enough")?.Path);
        Assert.Equal(Path.Combine(_ann.Files, "t/large enough"), _ann.Database.Contents.Named(account, "large enough")?.Path);
    }

    [Fact]
    public async Task A_full_disk_in_the_middle_of_copying_is_waited_for_and_nothing_is_lost()
    {
        var content = await SendFirstAsync();
        var tries = 0;
        _ben.Disk.OnRoom = () => Interlocked.Increment(ref tries) == 2 ? new DiskResult(DiskProblem.Full, "no room") : DiskResult.Done;

        var again = await SendCopyAsync("b");

        Assert.Equal(((long)Size - Chunk, (long)Chunk), (again.BytesDone, again.BytesReused));
        Assert.Equal(content, _ben.Arrived("b"));
    }

    private static readonly EqualityComparer<(byte[], byte[])> Bytes =
        EqualityComparer<(byte[], byte[])>.Create((a, b) => a.Item1.AsSpan().SequenceEqual(b.Item1) && a.Item2.AsSpan().SequenceEqual(b.Item2));

    private async Task<byte[]> SendFirstAsync()
    {
        var content = _ann.Write("a", Size);
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "a")), delivered: 1);
        return content;
    }

    private async Task<TransferView> SendCopyAsync(string name)
    {
        _ann.Write(name, Size);
        var top = name.Split('/')[0];
        var sent = await _ann.EndsAsync(await _ann.SendAsync(_ben, top));
        AssertCompleted(sent, delivered: name.Split('/').Length);
        return sent;
    }

    private IReadOnlyList<ContentPlace> Find(ReadOnlySpan<byte> chunk) =>
        _ben.Database.Contents.Find(_ben.Identity.Certificate.Account, ContentIndex.Start(SHA256.HashData(chunk)), chunk.Length);
}

internal static class Processes
{
    internal static async Task<System.Diagnostics.Process> WaitAsync(this System.Diagnostics.Process process)
    {
        await process.WaitForExitAsync();
        return process;
    }
}
