using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Transfer.Chunks;

/// <summary>Where a content's chunks end, and how a manifest says that they end so.</summary>
public sealed class ContentCutVectorTests
{
    private const string File = "content-cut.json";

    private static readonly JsonObject Inputs = new()
    {
        ["sender_seed"] = Hex(Enumerable.Repeat((byte)10, 32).ToArray()),
        ["receiver_seed"] = Hex(Enumerable.Repeat((byte)11, 32).ToArray()),
        ["manifest_id"] = Hex(Some.Manifest.ToBytes()),
        ["path"] = "report",
        ["blocks"] = 131_073,
    };

    [Fact]
    public void Content_cut_vector_is_reproduced()
    {
        var (lengths, page) = (new JsonArray(), Page());
        foreach (var chunk in Chunks())
            lengths.Add(chunk.Length);
        Check(File, new JsonObject
        {
            ["description"] = "The content is SHA-256 of each block's number, 4 bytes big-endian, from 0, joined. lengths: where it is cut. gear_sha256: of the 256 numbers, 8 bytes big-endian each, joined. The manifest's only page lists it as a file of mode 0644 and mtime_ns 1 with content_cut set.",
            ["inputs"] = Inputs.DeepClone(),
            ["gear_sha256"] = Hex(SHA256.HashData(Gear().SelectMany(Bytes).ToArray())),
            ["lengths"] = lengths,
            ["payload"] = Hex(page.Payload.Span),
        });
    }

    [Fact]
    public void The_lengths_follow_by_other_means()
    {
        var (content, gear) = (Content(), Gear());
        Assert.Equal(Hex(SHA256.HashData(gear.SelectMany(Bytes).ToArray())), Read(File).Text("gear_sha256"));
        var start = 0;
        foreach (var length in Read(File)["lengths"]!.AsArray().Select(l => l!.GetValue<int>()))
        {
            var end = start + length;
            // No position before the end is a boundary, and the end is one: hashes by their definition, 64 bytes back.
            foreach (var at in Enumerable.Range(start, length).Where(i => i - start >= 131_072 && (i % 997 == 0 || i == end - 1)))
                Assert.Equal(at == end - 1, IsBoundary(at - start, Hash(content, gear, start + 131_072, at)) || at == content.Length - 1);
            start = end;
        }
        Assert.Equal(content.Length, start);

        static bool IsBoundary(int offset, ulong hash) => offset + 1 == 2_097_152 || hash >> (offset < 524_288 ? 64 - 21 : 64 - 17) == 0;

        static ulong Hash(byte[] content, ulong[] gear, int from, int at)
        {
            var sum = 0UL;
            for (var back = 0; back < 64 && at - back >= from; back++)
                sum += gear[content[at - back]] << back;
            return sum;
        }
    }

    [Fact]
    public void The_page_follows_by_other_means()
    {
        var inputs = Read(File)["inputs"]!;
        var content = Content();
        byte[] chunks = [];
        var (at, count) = (0, 0UL);
        foreach (var length in Read(File)["lengths"]!.AsArray().Select(l => l!.GetValue<int>()))
        {
            chunks = [.. chunks, .. RawProto.Blob(9, [.. RawProto.Blob(1, SHA256.HashData(content.AsSpan(at, length))), .. RawProto.Number(2, (ulong)length)])];
            (at, count) = (at + length, count + 1);
        }
        byte[] entry = [
            .. RawProto.Text(3, inputs.Text("path")), .. RawProto.Number(4, 1), .. RawProto.Number(5, (ulong)content.Length), .. RawProto.Number(6, 0x1A4),
            .. RawProto.Number(7, 1), .. chunks, .. RawProto.Number(12, 1)];
        byte[] payload = [
            .. RawProto.Number(1, 1), .. RawProto.Blob(2, inputs.Bytes("manifest_id")), .. RawProto.Blob(3, Device("sender_seed")), .. RawProto.Blob(4, Device("receiver_seed")),
            .. RawProto.Blob(7, entry),
            .. RawProto.Blob(8, [.. RawProto.Number(1, 1), .. RawProto.Number(2, (ulong)content.Length), .. RawProto.Number(3, count)])];

        Assert.Equal(Hex(payload), Read(File).Text("payload"));

        byte[] Device(string seed) => SHA256.HashData([.. "openshare/device-id/v1\0"u8, .. Ed25519Reference.PublicKey(inputs.Bytes(seed))])[..16];
    }

    [Fact]
    public void An_entry_says_how_it_was_cut_on_all_its_pages_and_only_a_file_can()
    {
        Assert.True(Assert.Single(Some.Read([Page()]).Entries).IsContentCut);
        Assert.DoesNotContain(Some.Read(Some.Pages()).Entries, e => e.IsContentCut);
        var refused = Assert.IsType<PageReading.Refused>(Some.Reader().Read(Some.Forge(Some.Pages()[0], p => p.Entries[0].ContentCut = true)));
        Assert.Equal((EntryKind.EntryDirectory, ManifestRefusalKind.BadEntry), (Some.Read(Some.Pages()).Entries[0].Kind, refused.Refusal.Kind));
    }

    private static Signed Page()
    {
        using var sender = SigningKey.FromSeed(Inputs.Bytes("sender_seed"));
        var builder = new ManifestBuilder(
            sender, Some.Manifest, VectorManifest.Device(Inputs, "sender_seed"), VectorManifest.Device(Inputs, "receiver_seed"));
        builder.BeginFile(Some.Path(Inputs.Text("path")), Content().Length, 0x1A4, 1, isContentCut: true);
        foreach (var chunk in Chunks())
            builder.AddChunk(SHA256.HashData(chunk), chunk.Length);
        return builder.Finish();
    }

    private static IEnumerable<byte[]> Chunks()
    {
        for (var rest = Content(); rest.Length > 0;)
        {
            var length = ContentCut.Length(rest);
            yield return rest[..length];
            rest = rest[length..];
        }
    }

    private static byte[] Content() => [.. Enumerable.Range(0, Inputs["blocks"]!.GetValue<int>()).SelectMany(i => SHA256.HashData(BigEndian(i)))];

    private static byte[] BigEndian(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static ulong[] Gear() =>
        [.. Enumerable.Range(0, 256).Select(i => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData([.. "openshare/gear/v1\0"u8, (byte)i])))];

    private static byte[] Bytes(ulong number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }
}
