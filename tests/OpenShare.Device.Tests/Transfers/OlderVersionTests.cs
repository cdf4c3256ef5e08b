using System.Security.Cryptography;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Sending;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Device.Transfers.Sending;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A file that changed since it was sent is cut where its content says, so that what is the same in it does not travel again.</summary>
public sealed class OlderVersionTests : TransferSpecs
{
    private const int Size = 24 * Chunk;

    // An insertion changes the chunk it is in, and those up to where the boundaries are the same again.
    private const long Few = 3 * ContentCut.Most;

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;

    public OlderVersionTests() => (_ann, _ben) = Devices();

    [Theory]
    [InlineData(ConflictPolicy.Rename)]
    [InlineData(ConflictPolicy.Overwrite)]
    public async Task An_insertion_at_the_front_sends_little(ConflictPolicy policy)
    {
        var before = _ann.Write("t/a", Size);
        await SendAsync(policy);
        byte[] after = [.. new byte[1000], .. before];
        File.WriteAllBytes(Path.Combine(_ann.Files, "t/a"), after);

        var again = await SendAsync(policy);

        Assert.InRange(again.BytesDone, 1, Few);
        Assert.Equal(after.Length, again.BytesDone + again.BytesReused);
        Assert.Equal(after, _ben.Arrived(policy is ConflictPolicy.Rename ? "t (2)/a" : "t/a"));
    }

    [Fact]
    public async Task An_older_version_in_another_folder_is_found_by_its_name()
    {
        var before = _ann.Write("t/a", Size);
        await SendAsync(ConflictPolicy.Rename);
        byte[] after = [1, 2, 3, .. before];
        File.WriteAllBytes(Path.Combine(_ann.Files, "t/a"), after);

        var alone = await _ann.EndsAsync(await _ann.SendAsync(_ben, "t/a"));

        AssertCompleted(alone, delivered: 1);
        Assert.InRange(alone.BytesDone, 1, Few);
        Assert.Equal((before, after), (_ben.Arrived("t/a"), _ben.Arrived("a")), Bytes);
    }

    [Fact]
    public async Task What_was_cut_so_once_is_cut_so_again_and_known_under_every_name()
    {
        var before = _ann.Write("t/a", Size);
        await SendAsync(ConflictPolicy.Rename);
        byte[] after = [1, 2, 3, .. before];
        File.WriteAllBytes(Path.Combine(_ann.Files, "t/a"), after);
        await SendAsync(ConflictPolicy.Overwrite);
        File.Copy(Path.Combine(_ann.Files, "t/a"), Path.Combine(_ann.Files, "copy"));

        var copy = await _ann.EndsAsync(await _ann.SendAsync(_ben, "copy"));

        AssertCompleted(copy, delivered: 1);
        Assert.Equal((0L, (long)after.Length), (copy.BytesDone, copy.BytesReused));
        Assert.Equal(after, _ben.Arrived("copy"));
    }

    [Fact]
    public async Task What_was_cut_so_and_is_unchanged_is_not_hashed_again()
    {
        var before = _ann.Write("t/a", Size);
        await SendAsync(ConflictPolicy.Rename);
        byte[] after = [1, 2, 3, .. before];
        File.WriteAllBytes(Path.Combine(_ann.Files, "t/a"), after);
        _ann.ClockAhead = TimeSpan.FromMinutes(1);
        await SendAsync(ConflictPolicy.Overwrite);
        File.Delete(Path.Combine(_ben.Inbox, "t/a"));
        _ann.Disk.Reads.Clear();

        var again = await SendAsync(ConflictPolicy.Overwrite);

        // What is read is read to be sent.
        Assert.Equal(after.Length, again.BytesDone);
        Assert.Equal(_ann.Disk.Reads.Distinct().Count(), _ann.Disk.Reads.Count);
        Assert.Equal(after, _ben.Arrived("t/a"));
    }

    [Fact]
    public void A_file_is_cut_in_blocks_as_it_is_in_one()
    {
        var content = _ann.Write("a", Size);
        using var source = _ann.Disk.OpenSource([Path.Combine(_ann.Files, "a")]);
        var file = Assert.IsType<SourceItem.Entry>(Assert.Single(source.Scan())).Value;
        var hashed = new List<HashedChunk>();
        for (var offset = 0L; offset < Size; offset = hashed.Sum(c => (long)c.Length))
            hashed.AddRange(source.HashContentCut(file, offset).Value!);

        Assert.Equal(Cut(content), hashed.Select(c => (Convert.ToHexString(c.Sha256), c.Length)));
    }

    [Theory]
    [InlineData(1L << 40, 64L * Chunk)]
    [InlineData(10L * Chunk, 10L * Chunk)]
    public void An_older_version_is_read_once_and_little_further_than_what_arrives_has_come(long newSize, long ahead)
    {
        var manifest = OneChunk(out var content);
        var reads = new List<long>();
        var older = new OlderVersion(
            (offset, into) =>
            {
                reads.Add(offset);
                into.Span.Clear();
                return true;
            },
            1L << 40,
            newSize);
        var chunk = manifest.Locate(0);

        Assert.False(older.TryRead(chunk, new byte[chunk.Length], bytes => bytes.Span.SequenceEqual(content)));
        Assert.False(older.TryRead(chunk, new byte[chunk.Length], bytes => bytes.Span.SequenceEqual(content)));

        Assert.Equal(reads.Distinct().Count(), reads.Count);
        Assert.InRange(reads.Max(), ahead - (8 * Chunk), ahead);
    }

    [Fact]
    public void A_sender_that_is_stopped_in_the_middle_of_such_a_file_goes_on_cutting_it_so()
    {
        var content = _ann.Write("a", Size);
        var (path, account) = (Path.Combine(_ann.Files, "a"), _ann.Identity.Certificate.Account);
        _ann.Database.Contents.Save(account, [(new ContentFile(path, new FileKey(1, 1), Size: 5, MtimeNs: 5, IsContentCut: false), [])]);
        var contents = new ContentIndex(_ann.Database.Contents, _ann.Disk, account);
        using var source = _ann.Disk.OpenSource([path]);
        var (reader, identity) = (Reader(), default(FileIdentity));
        using (var stopped = new ManifestFeeder(source, Builder(), Hashes(), contents, manifest: null, unfinishedIdentity: null))
        {
            var page = Assert.Single(stopped.Next().Pages);
            identity = Assert.Single(page.Identities).Identity;
            Assert.True(page.MayBeThere);
            reader.Read(page.Blob);
        }
        Assert.True(reader.Manifest!.Unfinished is { IsContentCut: true, ListedBytes: > 0 });

        using var later = new ManifestFeeder(source, ManifestBuilder.Continue(_ann.Identity.Key, reader.Manifest), Hashes(), contents, reader.Manifest, identity);
        for (var isLast = false; !isLast;)
        {
            var batch = later.Next();
            isLast = batch.IsLast;
            foreach (var page in batch.Pages)
                Assert.IsType<PageReading.Accepted>(reader.Read(page.Blob));
        }

        var chunks = reader.Manifest.Pages.SelectMany(page => page.Parts.SelectMany(page.ChunksOf));
        Assert.Equal(Cut(content), chunks.Select(c => (Convert.ToHexString(c.Sha256.Span), c.Length)));
    }

    [Fact]
    public async Task An_older_version_that_changes_while_it_is_read_costs_bytes_and_nothing_else()
    {
        var before = _ann.Write("t/a", Size);
        await SendAsync(ConflictPolicy.Rename);
        byte[] after = [1, 2, 3, .. before];
        File.WriteAllBytes(Path.Combine(_ann.Files, "t/a"), after);
        var writes = 0;
        // While its chunks are being copied.
        _ben.Disk.OnWrite = _ =>
        {
            if (Interlocked.Increment(ref writes) == 3)
                File.WriteAllText(Path.Combine(_ben.Inbox, "t/a"), "changed");
        };

        var again = await SendAsync(ConflictPolicy.Overwrite);

        Assert.True(again.BytesReused is > 0 and < Size / 2, $"{again.BytesReused} bytes were reused");
        Assert.Equal(after, _ben.Arrived("t/a"));
    }

    private static IEnumerable<(string, int)> Cut(byte[] content)
    {
        for (var rest = content; rest.Length > 0;)
        {
            var length = ContentCut.Length(rest);
            yield return (Convert.ToHexString(SHA256.HashData(rest.AsSpan(0, length))), length);
            rest = rest[length..];
        }
    }

    private Manifest OneChunk(out byte[] content)
    {
        content = [1, 2, 3];
        var (builder, reader) = (Builder(), Reader());
        builder.BeginFile(RelativePath.Parse("a"), content.Length, 0, 0, isContentCut: true);
        builder.AddChunk(SHA256.HashData(content), content.Length);
        Assert.IsType<PageReading.Accepted>(reader.Read(builder.Finish()));
        return reader.Manifest!;
    }

    private ManifestBuilder Builder() => new(_ann.Identity.Key, ManifestId.New(new SeededRandom(1)), _ann.Identity.DeviceId, _ben.Identity.DeviceId);

    private ManifestReader Reader() => new(_ann.Identity.Key.PublicKey, _ann.Identity.DeviceId, _ben.Identity.DeviceId);

    private HashCache Hashes() => new(_ann.Database.Hashes, TimeProvider.System);

    private static readonly EqualityComparer<(byte[], byte[])> Bytes =
        EqualityComparer<(byte[], byte[])>.Create((a, b) => a.Item1.AsSpan().SequenceEqual(b.Item1) && a.Item2.AsSpan().SequenceEqual(b.Item2));

    private async Task<TransferView> SendAsync(ConflictPolicy policy)
    {
        var sent = await _ann.EndsAsync(await _ann.SendAsync(_ben, policy, "t"));
        AssertCompleted(sent, delivered: 2);
        return sent;
    }
}
