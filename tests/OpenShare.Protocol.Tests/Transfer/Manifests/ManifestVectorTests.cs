using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Transfer.Manifests;

public sealed class ManifestVectorTests
{
    private const string File = "manifest.json";
    private const string Context = "openshare/manifest-page/v1";

    [Fact]
    public void Manifest_vector_is_reproduced() => Check(File, Build(VectorManifest.Inputs));

    [Fact]
    public void Manifest_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        var key = Ed25519Reference.PublicKey(inputs.Bytes("sender_seed"));
        var keyId = Hex(SHA256.HashData(key).AsSpan(0, 16));
        Assert.Equal(Hex(key), vector.Text("sender_public_key"));
        Assert.Equal(keyId, vector.Text("sender_key_id"));
        byte[] header = [.. RawProto.Number(1, 1), .. RawProto.Blob(2, inputs.Bytes("manifest_id")), .. Device("sender"), .. Device("receiver")];
        var previous = Array.Empty<byte>();
        var (entries, bytes, hashes) = (0UL, 0UL, new List<string>());
        var pages = inputs["pages"]!.AsArray();
        for (var index = 0; index < pages.Count; index++)
        {
            var listed = pages[index]!["entries"]!.AsArray();
            entries += (ulong)listed.Count(entry => entry!["continued"] is null);
            foreach (var chunk in listed.SelectMany(entry => VectorManifest.Chunks(entry!)))
            {
                bytes += (ulong)chunk.Length;
                hashes.Add("sha256:" + Hex(SHA256.HashData(chunk)));
            }
            byte[] totals = index < pages.Count - 1 ? [] : RawProto.Blob(8, [
                .. RawProto.Number(1, entries), .. RawProto.Number(2, bytes), .. RawProto.Number(3, (ulong)hashes.Count)]);
            byte[] payload = [
                .. header, .. RawProto.Number(5, (ulong)index), .. RawProto.Blob(6, previous),
                .. listed.SelectMany(entry => RawProto.Blob(7, Entry(entry!))), .. totals];
            var page = vector["pages"]![index]!;
            Assert.Equal(Hex(payload), page.Text("payload"));
            Assert.True(Ed25519Reference.IsSigned(key, Context, payload, page.Bytes("signature")));
            Assert.Equal(Hex([.. Encoding.ASCII.GetBytes(Context), 0, .. payload]), page.Text("signed_bytes"));
            Assert.Equal(Hex(RawProto.Signed(payload, keyId, page.Bytes("signature"))), page.Text("blob"));
            previous = SHA256.HashData(payload);
            Assert.Equal(Hex(previous), page.Text("payload_sha256"));
        }
        var last = vector["pages"]![pages.Count - 1]!;
        var list = string.Join(',', hashes.Select(hash => $"\"{hash}\""));
        Assert.Equal(
            $"{{\"manifest_id\":\"{inputs.Text("manifest_id")}\",\"filename\":\"Fotos für Ada\",\"size\":{bytes},\"chunk_hashes\":[{list}],"
            + $"\"sender_sig\":\"{RawProto.Base64Url(last.Bytes("signature"))}\",\"payload\":\"{RawProto.Base64Url(last.Bytes("payload"))}\"}}",
            vector.Text("json"));

        byte[] Device(string role)
        {
            var id = SHA256.HashData([.. "openshare/device-id/v1\0"u8, .. Ed25519Reference.PublicKey(inputs.Bytes(role + "_seed"))])[..16];
            Assert.Equal(Hex(id), vector.Text(role));
            return RawProto.Blob(role == "sender" ? 3 : 4, id);
        }
    }

    [Fact]
    public void The_manifest_in_the_vector_reads_as_what_its_inputs_list()
    {
        var vector = Read(File);
        var manifest = VectorManifest.Read(Blobs(vector));
        var listed = vector["inputs"]!["pages"]!.AsArray().SelectMany(page => page!["entries"]!.AsArray()).ToLookup(entry => entry!["entry_no"]!.GetValue<uint>());

        Assert.True(manifest.IsComplete);
        Assert.Equal(vector["inputs"]!.Text("manifest_id"), manifest.Id.ToString());
        Assert.Equal(listed.Count, manifest.Entries.Count);
        Assert.All(manifest.Entries, entry =>
        {
            var first = listed[entry.Number].First()!;
            Assert.Equal(first.Text("path"), entry.Path.Value);
            Assert.Equal("Entry" + first.Text("kind"), entry.Kind.ToString(), ignoreCase: true);
            Assert.Equal(first["size"]?.GetValue<long>() ?? 0, entry.Size);
            Assert.Equal((VectorManifest.Mode(first), VectorManifest.Mtime(first)), (entry.Mode, entry.MtimeNs));
            Assert.Equal(first["link_target"]?.GetValue<string>(), entry.LinkTarget?.Value);
            Assert.Equal(listed[entry.Number].Any(part => part!["abandoned"] is not null), entry.Abandoned);
            var chunks = listed[entry.Number].SelectMany(part => VectorManifest.Chunks(part!)).ToList();
            Assert.Equal(chunks.Count, entry.ChunkCount);
            for (var i = 0; i < chunks.Count; i++)
            {
                var at = manifest.Locate(entry.FirstOrdinal + i);
                Assert.Equal((chunks.Take(i).Sum(chunk => chunk.Length), chunks[i].Length), (at.Offset, at.Length));
                Assert.Equal(SHA256.HashData(chunks[i]), at.Sha256.ToArray());
            }
        });
    }

    [Fact]
    public void A_page_of_the_vector_with_any_byte_altered_is_refused()
    {
        var pages = Blobs(Read(File));
        for (var number = 0; number < pages.Count; number++)
            Altered.Each(pages[number].ToByteArray(), Signed.Parser, altered => Assert.IsType<PageReading.Refused>(After(number).Read(altered)));

        ManifestReader After(int number)
        {
            var reader = VectorManifest.Reader(VectorManifest.Inputs);
            pages.Take(number).ToList().ForEach(page => reader.Read(page));
            return reader;
        }
    }

    internal static List<Signed> Blobs(JsonNode vector) =>
        [.. vector["pages"]!.AsArray().Select(page => SignedBlobs.Parse(page!.Bytes("blob"), "page"))];

    private static byte[] Entry(JsonNode entry) => [
        .. RawProto.Number(1, entry["entry_no"]!.GetValue<ulong>()), .. RawProto.Number(2, entry["continued"] is null ? 0UL : 1),
        .. RawProto.Text(3, entry["path"]?.GetValue<string>() ?? ""),
        .. RawProto.Number(4, entry["kind"]?.GetValue<string>() switch { "file" => 1, "directory" => 2, "symlink" => 3, _ => 0 }),
        .. RawProto.Number(5, entry["size"]?.GetValue<ulong>() ?? 0), .. RawProto.Number(6, VectorManifest.Mode(entry)),
        .. RawProto.Number(7, (ulong)VectorManifest.Mtime(entry)), .. RawProto.Text(8, entry["link_target"]?.GetValue<string>() ?? ""),
        .. VectorManifest.Chunks(entry).SelectMany(chunk => RawProto.Blob(9, [
            .. RawProto.Blob(1, SHA256.HashData(chunk)), .. RawProto.Number(2, (ulong)chunk.Length)])),
        .. RawProto.Number(10, entry["abandoned"] is null ? 0UL : 1)];

    private static JsonObject Build(JsonNode inputs)
    {
        using var sender = SigningKey.FromSeed(inputs.Bytes("sender_seed"));
        var pages = VectorManifest.Pages(inputs);
        var json = new ArrayBufferWriter<byte>();
        ManifestJson.Write(json, VectorManifest.Read(pages), pages[^1]);
        return new JsonObject
        {
            ["description"] = "A manifest of four signed pages. Chunks are given by their content (hex): the page lists SHA-256 and length of each. mode is octal, mtime_ns a decimal "
                + "string; a field that is not there is 0 or empty. Where a page ends is the sender's choice. A page names the SHA-256 of the payload of the page before, the last one "
                + "adds the totals (here it has nothing else); each is signed by the sender over signed_bytes: context, 00, payload. json is the readable form.",
            ["context"] = SignatureContext.ManifestPage.Text,
            ["inputs"] = inputs.DeepClone(),
            ["sender_public_key"] = Hex(sender.PublicKey.Bytes),
            ["sender_key_id"] = sender.PublicKey.KeyId,
            ["sender"] = VectorManifest.Device(inputs, "sender_seed").ToString(),
            ["receiver"] = VectorManifest.Device(inputs, "receiver_seed").ToString(),
            ["pages"] = new JsonArray([.. pages.Select(page => new JsonObject
            {
                ["payload"] = Hex(page.Payload.Span),
                ["payload_sha256"] = Hex(SHA256.HashData(page.Payload.Span)),
                ["signed_bytes"] = Hex(SignatureContext.ManifestPage.SignedBytes(page.Payload.Span)),
                ["signature"] = Hex(page.Signature.Span),
                ["blob"] = Hex(page.ToByteArray()),
            })]),
            ["json"] = Encoding.UTF8.GetString(json.WrittenSpan),
        };
    }
}
