using System.Security.Cryptography;
using System.Text.Json.Nodes;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Transfer.Manifests;

/// <summary>What a page says of a file's holes, and the chunks of zeros that everybody has.</summary>
public sealed class SparseVectorTests
{
    private const string File = "sparse.json";
    private const int Size = 3 * Limits.DefaultChunk;

    private static JsonObject Inputs => new()
    {
        ["sender_seed"] = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
        ["receiver_seed"] = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        ["manifest_id"] = "000102030405060708090a0b0c0d0e0f",
        ["path"] = "image",
        ["size"] = Size,
        ["data_at"] = Limits.DefaultChunk,
        ["data"] = "ff",
    };

    [Fact]
    public void Sparse_vector_is_reproduced() => Check(File, new JsonObject
    {
        ["description"] = "The only page of a manifest with one file, of size bytes that are zeros but for the data, with zero_bytes set: the first and the third chunk need no room. "
            + "As a payload, before it is signed. And SHA-256 of 1,048,576 and of 2,097,152 zeros.",
        ["inputs"] = Inputs,
        ["page"] = Hex(Page().Payload.Span),
        ["zero_chunk"] = Hex(ZeroChunk.Sha256(Limits.DefaultChunk)),
        ["zero_chunk_by_content"] = Hex(ZeroChunk.Sha256(ContentCut.Most)),
    });

    [Fact]
    public void The_page_follows_from_its_inputs_by_other_means()
    {
        var inputs = Read(File)["inputs"]!;
        var content = new byte[inputs["size"]!.GetValue<int>()];
        inputs.Bytes("data").CopyTo(content.AsSpan(inputs["data_at"]!.GetValue<int>()));
        const int chunk = 1 << 20;
        byte[] entry = [
            .. RawProto.Text(3, inputs.Text("path")), .. RawProto.Number(4, 1), .. RawProto.Number(5, (ulong)content.Length),
            .. content.Chunk(chunk).SelectMany(c => RawProto.Blob(9, [.. RawProto.Blob(1, SHA256.HashData(c)), .. RawProto.Number(2, chunk)])), .. RawProto.Number(13, 2 * chunk)];
        byte[] totals = [.. RawProto.Number(1, 1), .. RawProto.Number(2, (ulong)content.Length), .. RawProto.Number(3, 3)];
        byte[] payload = [
            .. RawProto.Number(1, 1), .. RawProto.Blob(2, inputs.Bytes("manifest_id")), .. RawProto.Blob(3, Device("sender_seed")), .. RawProto.Blob(4, Device("receiver_seed")),
            .. RawProto.Blob(7, entry), .. RawProto.Blob(8, totals)];

        Assert.Equal(Hex(payload), Read(File).Text("page"));

        byte[] Device(string seed) => SHA256.HashData([.. "openshare/device-id/v1\0"u8, .. Ed25519Reference.PublicKey(inputs.Bytes(seed))])[..16];
    }

    [Fact]
    public void Zero_chunks_are_known_by_their_hash_and_nothing_else_is()
    {
        foreach (var length in (int[])[Limits.DefaultChunk, ContentCut.Most])
        {
            Assert.True(ZeroChunk.Is(SHA256.HashData(new byte[length]), length));
            Assert.False(ZeroChunk.Is(SHA256.HashData(new byte[length]), length - 1));
            Assert.False(ZeroChunk.Is(Some.Hash(0), length));
        }
        // By content zeros are cut as late as can be, whatever comes behind them.
        Assert.Equal(ContentCut.Most, ContentCut.Length(new byte[ContentCut.Most]));
    }

    [Fact]
    public void What_needs_room_is_the_rest_of_a_file_and_only_files_have_holes_no_larger_than_themselves()
    {
        var file = Assert.Single(Some.Read([Page()]).Entries);
        Assert.Equal((2L * Limits.DefaultChunk, (long)Limits.DefaultChunk), (file.ZeroBytes, file.Room));
        AssertRefused(Page(), p => p.Entries[0].ZeroBytes = Size + 1);
        AssertRefused(Page(), p => p.Entries[0].ZeroBytes = ulong.MaxValue);
        AssertRefused(Some.Pages()[0], p => p.Entries[0].ZeroBytes = 1);
    }

    [Fact]
    public void A_page_of_equal_chunks_is_kept_as_one_of_them_and_says_the_same()
    {
        var builder = Some.Builder();
        builder.BeginFile(Some.Path("zeros"), 5 * 1000L, 0, 0);
        for (var i = 0; i < 5; i++)
            builder.AddChunk(Some.Hash(7), 1000);
        var manifest = Some.Read([builder.Finish()]);

        for (var ordinal = 0; ordinal < 5; ordinal++)
        {
            var at = manifest.Locate(ordinal);
            Assert.Equal((ordinal * 1000L, 1000, 1000), (at.Offset, at.Length, manifest.LengthOf(ordinal)));
            Assert.Equal(Some.Hash(7), manifest.Sha256Of(ordinal).ToArray());
        }
        Assert.Equal((5L, 5000L), (manifest.ChunkCount, manifest.Bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => manifest.Locate(5));
    }

    private static void AssertRefused(Signed page, Action<ManifestPagePayload> change) => Assert.Equal(
        ManifestRefusalKind.BadEntry, Assert.IsType<PageReading.Refused>(Some.Reader().Read(Some.Forge(page, change))).Refusal.Kind);

    private static Signed Page()
    {
        using var sender = SigningKey.FromSeed(Inputs.Bytes("sender_seed"));
        var builder = new ManifestBuilder(sender, Some.Manifest, VectorManifest.Device(Inputs, "sender_seed"), VectorManifest.Device(Inputs, "receiver_seed"));
        builder.BeginFile(Some.Path(Inputs.Text("path")), Size, 0, 0, zeroBytes: 2 * Limits.DefaultChunk);
        var content = new byte[Size];
        Inputs.Bytes("data").CopyTo(content.AsSpan(Limits.DefaultChunk));
        foreach (var chunk in content.Chunk(Limits.DefaultChunk))
            builder.AddChunk(SHA256.HashData(chunk), chunk.Length);
        return builder.Finish();
    }
}
