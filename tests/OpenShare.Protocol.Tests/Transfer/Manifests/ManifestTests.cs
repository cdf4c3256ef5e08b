using System.Buffers;
using System.Text.Json;
using FsCheck.Xunit;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Manifests;

public sealed class ManifestTests
{
    [Fact]
    public void A_tree_arrives_as_it_was_described()
    {
        var manifest = Some.Read(Some.Pages());

        Assert.Equal(["photos", "photos/long.raw", "photos/empty", "photos/link", "photos/small"], manifest.Entries.Select(e => e.Path.Value));
        Assert.Equal([0, 40, 0, 0, 1], manifest.Entries.Select(e => (int)e.ChunkCount));
        Assert.True(manifest.IsComplete);
        Assert.Equal((41L, 41_000L), (manifest.ChunkCount, manifest.Bytes));
        Assert.Equal("long.raw", manifest.Entries[3].LinkTarget!.Value.Value);
    }

    [Fact]
    public void The_first_page_closes_early_so_that_sending_starts_before_hashing_ends()
    {
        var builder = Some.Builder();
        Assert.Empty(builder.File("a", 16));
        Assert.Single(builder.File("b", 1));
        builder = Some.Builder();
        for (var i = 0; i < 256; i++)
            Assert.Empty(builder.File($"f{i}", 0));
        Assert.Single(builder.File("next", 0));
    }

    [Fact]
    public void Every_ordinal_is_located_across_pages()
    {
        var manifest = Some.Read(Some.Pages());
        Assert.True(manifest.Pages.Count >= 3);
        for (var ordinal = 0L; ordinal < manifest.ChunkCount; ordinal++)
        {
            var at = manifest.Locate(ordinal);
            Assert.Equal(ordinal < 40 ? ("photos/long.raw", 1000 * ordinal) : ("photos/small", 0L), (at.Entry.Path.Value, at.Offset));
            Assert.Equal(Some.Hash(ordinal), at.Sha256.ToArray());
            Assert.Equal(1000, at.Length);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => manifest.Locate(41));
    }

    [Fact]
    public void All_that_was_said_of_an_entry_is_read_back_on_whichever_page_it_is()
    {
        var builder = Some.Builder();
        var pages = new List<Signed?>();
        var expected = new List<(string Path, EntryKind Kind, long Size, uint Mode, long Mtime, string? Link, bool IsText, bool IsContentCut, long Zeros, bool Abandoned)>();
        void Directory(string path, uint mode)
        {
            pages.Add(builder.AddDirectory(Some.Path(path), mode, -expected.Count));
            expected.Add((path, EntryKind.EntryDirectory, 0, mode, -expected.Count, null, false, false, 0, false));
        }
        void Link(string path, string target)
        {
            pages.Add(builder.AddSymlink(Some.Path(path), LinkTarget.Parse(target, Some.Path(path)), expected.Count));
            expected.Add((path, EntryKind.EntrySymlink, 0, 0, expected.Count, target, false, false, 0, false));
        }
        void File(string path, int chunks, int listed, bool isText = false, bool isContentCut = false, long zeros = 0)
        {
            var mtime = long.MaxValue - expected.Count;
            pages.Add(builder.BeginFile(Some.Path(path), 1000L * chunks, 0xFFF, mtime, isText, isContentCut, zeros));
            for (var i = 0; i < listed; i++)
                pages.Add(builder.AddChunk(Some.Hash(i), 1000));
            var (closed, remains) = listed < chunks ? builder.AbandonFile() : (null, true);
            pages.Add(closed);
            if (remains)
                expected.Add((path, EntryKind.EntryFile, 1000L * chunks, 0xFFF, mtime, null, isText, isContentCut, zeros, listed < chunks));
        }
        for (var folder = 0; folder < 40; folder++)
        {
            Directory($"Ordner-{folder}-ü", 0x1C0);
            for (var i = 0; i < 20; i++)
                File($"Ordner-{folder}-ü/{i}", i % 3, i % 3);
            Link($"Ordner-{folder}-ü/🔗", $"{folder % 20}");
            File($"Ordner-{folder}-ü/text", 1, 1, isText: true);
            File($"Ordner-{folder}-ü/cut", 2, 2, isContentCut: true);
            File($"Ordner-{folder}-ü/sparse", 3, 3, zeros: 2000);
            File($"Ordner-{folder}-ü/long", 500, 500);
            File($"Ordner-{folder}-ü/gone", 900, 600);
        }
        pages.Add(builder.Finish());
        var manifest = Some.Read(pages.OfType<Signed>());

        Assert.InRange(manifest.Pages.Count, 20, 1000);
        Assert.Contains(expected, e => e.Abandoned);
        Assert.Equal(expected, manifest.Entries.Select(e =>
            (e.Path.Value, e.Kind, e.Size, e.Mode, e.MtimeNs, e.LinkTarget?.Value, e.IsText, e.IsContentCut, e.ZeroBytes, e.Abandoned)));
        var chunks = 0L;
        for (var number = 0; number < manifest.Entries.Count; number++)
        {
            var entry = manifest.Entries[number];
            Assert.Equal((manifest.Entries.ElementAt(number), (uint)number, chunks), (entry, entry.Number, entry.FirstOrdinal));
            Assert.Equal(!entry.Abandoned, entry.IsComplete);
            Assert.Equal((1000 * entry.ChunkCount, entry.Size - entry.ZeroBytes), (entry.ListedBytes, entry.Room));
            Assert.All(Enumerable.Range(0, (int)entry.ChunkCount), i => Assert.Equal((entry, 1000L * i), (manifest.Locate(entry.FirstOrdinal + i).Entry, manifest.Locate(entry.FirstOrdinal + i).Offset)));
            chunks = entry.Chunks.End;
        }
        Assert.Equal(manifest.ChunkCount, chunks);
        Assert.Throws<ArgumentOutOfRangeException>(() => manifest.Entries[manifest.Entries.Count]);
        Assert.All(manifest.Pages, page =>
        {
            Assert.Equal(page.Parts, Enumerable.Range(0, page.Parts.Count).Select(i => page.Parts[i]));
            Assert.Equal((page.Bytes, page.ChunkCount), (page.Parts.Sum(p => page.ChunksOf(p).Sum(c => (long)c.Length)), page.Parts.Sum(p => p.ChunkCount)));
            Assert.All(page.Parts, p => Assert.Equal(p.Entry.Page < page.Index, p.Continued));
        });
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"Ordner-{i}-ü"), manifest.Tops);
    }

    [Fact]
    public void Of_more_names_at_the_top_than_anybody_reads_the_first_are_told()
    {
        var builder = Some.Builder();
        var pages = Enumerable.Range(0, 300).SelectMany(i => builder.File($"{i}", 0)).ToList();
        pages.Add(builder.Finish());
        Assert.Equal(Enumerable.Range(0, Protocol.Transfer.Manifests.Manifest.MostTops).Select(i => $"{i}"), Some.Read(pages).Tops);
    }

    // What the builder makes, the reader takes: whatever the mixture of entries, also across an interruption.
    [Property(MaxTest = 60)]
    public bool Whatever_is_built_is_read(byte[] shape, byte interruptAt)
    {
        var builder = Some.Builder();
        var pages = new List<Signed>(builder.Directory("d"));
        var expected = new List<(string, long)> { ("d", 0) };
        for (var i = 0; i < shape.Length; i++)
        {
            if (i == interruptAt && pages.Count > 0)
            {
                if (builder.ClosePage() is { } closed)
                    pages.Add(closed);
                builder = ManifestBuilder.Continue(Some.SenderKey, Some.Read(pages));
            }
            var chunks = shape[i] % 3 == 0 ? 0 : shape[i];
            var path = $"d/{i}-{new string('n', shape[i] % 200)}";
            pages.AddRange(builder.File(path, chunks, 1 + shape[i]));
            expected.Add((path, (long)chunks * (1 + shape[i])));
        }
        pages.Add(builder.Finish());
        var manifest = Some.Read(pages);
        return expected.SequenceEqual(manifest.Entries.Select(e => (e.Path.Value, e.Size)))
            && manifest.Entries.All(e => e.IsComplete) && manifest.IsComplete
            && pages.All(p => p.Payload.Length <= Limits.SignedPayload);
    }

    [Fact]
    public void Pages_of_long_names_keep_to_the_payload_limit()
    {
        var builder = Some.Builder();
        var deep = string.Join('/', Enumerable.Repeat(new string('d', 250), 15));
        var pages = new List<Signed>();
        foreach (var depth in Enumerable.Range(1, 15))
            pages.AddRange(builder.Directory(string.Join('/', Enumerable.Repeat(new string('d', 250), depth))));
        for (var i = 0; i < 200; i++)
            pages.AddRange(builder.File($"{deep}/{i}", 1));
        pages.Add(builder.Finish());
        Assert.All(pages, p => Assert.InRange(p.Payload.Length, 1, Limits.SignedPayload));
        Assert.Equal(215, Some.Read(pages).Entries.Count);
    }

    [Fact]
    public void A_file_of_a_tebibyte_is_located_in_36_bytes_a_chunk()
    {
        var builder = Some.Builder();
        var hash = Some.Hash(1);
        const int chunks = 1 << 20;
        var reader = Some.Reader();
        void Read(Signed? page)
        {
            if (page is not null)
                Assert.IsType<PageReading.Accepted>(reader.Read(page));
        }
        Read(builder.BeginFile(Some.Path("disk.img"), (long)chunks * Limits.DefaultChunk, 0x1A4, 1));
        for (var i = 0; i < chunks; i++)
            Read(builder.AddChunk(hash, Limits.DefaultChunk));
        Read(builder.Finish());

        Assert.Equal(1L << 40, reader.Manifest!.Bytes);
        Assert.InRange(reader.Manifest.Pages.Count, 512, 1000);
        Assert.Equal(777_777L * Limits.DefaultChunk, reader.Manifest.Locate(777_777).Offset);
    }

    [Fact]
    public void A_file_abandoned_on_its_own_page_leaves_no_trace()
    {
        var builder = Some.Builder();
        builder.BeginFile(Some.Path("gone"), 5000, 0, 0);
        builder.AddChunk(Some.Hash(0), 1000);
        Assert.Equal((null, false), builder.AbandonFile());
        List<Signed> pages = [.. builder.File("gone", 2), builder.Finish()];
        Assert.Equal(2000, Some.Read(pages).Bytes);
    }

    [Fact]
    public void A_file_abandoned_later_is_said_to_be()
    {
        var builder = Some.Builder();
        var pages = new List<Signed>();
        builder.BeginFile(Some.Path("shrinks"), 30_000, 0, 0);
        for (var i = 0; i < 20; i++)
            pages.AddRange(builder.AddChunk(Some.Hash(i), 1000) is { } page ? [page] : []);
        var (closed, remains) = builder.AbandonFile();
        Assert.True(remains);
        pages.AddRange(closed is null ? [] : [closed]);
        pages.AddRange([.. builder.File("fine", 1), builder.Finish()]);

        var manifest = Some.Read(pages);
        Assert.Equal([true, false], manifest.Entries.Select(e => e.Abandoned));
        Assert.Equal(21_000, manifest.Bytes);
    }

    [Fact]
    public void What_no_reader_would_take_the_builder_says_by_name()
    {
        var builder = Some.Builder();
        builder.BeginFile(Some.Path("a"), 0, 0, 0);
        Assert.Contains("'a' is listed twice", Assert.Throws<ProtocolException>(() => builder.BeginFile(Some.Path("a"), 0, 0, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("'x/b'", Assert.Throws<ProtocolException>(() => builder.BeginFile(Some.Path("x/b"), 0, 0, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("nothing to send", Assert.Throws<ProtocolException>(() => Some.Builder().Finish()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_readable_form_has_the_keys_it_promises_and_verifies()
    {
        var pages = Some.Pages();
        var output = new ArrayBufferWriter<byte>();
        ManifestJson.Write(output, Some.Read(pages), pages[^1]);

        var json = JsonDocument.Parse(output.WrittenMemory).RootElement;
        Assert.Equal(["manifest_id", "filename", "size", "chunk_hashes", "sender_sig", "payload"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("sha256:" + Convert.ToHexStringLower(Some.Hash(0)), json.GetProperty("chunk_hashes")[0].GetString());
        var signed = new Signed
        {
            Payload = Google.Protobuf.ByteString.CopyFrom(Base64Url.Decode(json.GetProperty("payload").GetString()!, "payload")),
            Signature = Google.Protobuf.ByteString.CopyFrom(Base64Url.Decode(json.GetProperty("sender_sig").GetString()!, "signature")),
            KeyId = Some.SenderKey.PublicKey.KeyId,
        };
        Assert.True(signed.IsSignedBy(Some.SenderKey.PublicKey, SignatureContext.ManifestPage));
    }
}
