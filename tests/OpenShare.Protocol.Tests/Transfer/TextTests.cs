using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Transfer;

/// <summary>A text is a file whose entry says that it is none.</summary>
public sealed class TextTests
{
    private const string File = "manifest-text.json";
    private const string Context = "openshare/manifest-page/v1";

    [Fact]
    public void Text_vector_is_reproduced() => Check(File, Build(Inputs()));

    [Fact]
    public void Text_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        var key = Ed25519Reference.PublicKey(inputs.Bytes("sender_seed"));
        var text = Encoding.UTF8.GetBytes(inputs.Text("text"));
        var size = (ulong)text.Length;
        byte[] entry = [
            .. RawProto.Text(3, inputs.Text("path")), .. RawProto.Number(4, 1), .. RawProto.Number(5, size), .. RawProto.Number(6, 384), .. RawProto.Number(7, 1),
            .. RawProto.Blob(9, [.. RawProto.Blob(1, SHA256.HashData(text)), .. RawProto.Number(2, size)]), .. RawProto.Number(11, 1)];
        byte[] payload = [
            .. RawProto.Number(1, 1), .. RawProto.Blob(2, inputs.Bytes("manifest_id")),
            .. RawProto.Blob(3, Id(key)), .. RawProto.Blob(4, Id(Ed25519Reference.PublicKey(inputs.Bytes("receiver_seed")))),
            .. RawProto.Blob(7, entry), .. RawProto.Blob(8, [.. RawProto.Number(1, 1), .. RawProto.Number(2, size), .. RawProto.Number(3, 1)])];

        Assert.Equal(Hex(payload), vector.Text("payload"));
        Assert.True(Ed25519Reference.IsSigned(key, Context, payload, vector.Bytes("signature")));

        static byte[] Id(byte[] publicKey) => SHA256.HashData([.. "openshare/device-id/v1\0"u8, .. publicKey])[..16];
    }

    [Fact]
    public void A_text_reads_as_one_and_a_file_does_not()
    {
        var manifest = Some.Read([.. Text("note.txt", 5)]);

        Assert.Equal("note.txt", manifest.Text!.Path.Value);
        Assert.Null(Some.Read(Some.Pages()).Text);
    }

    [Fact]
    public void A_text_among_files_is_a_file()
    {
        var builder = Some.Builder();
        builder.BeginFile(Some.Path("note.txt"), 0, 0, 1, isText: true);
        builder.BeginFile(Some.Path("file"), 0, 0, 1);

        Assert.Null(Some.Read([builder.Finish()]).Text);
    }

    [Fact]
    public void A_text_is_bounded_and_no_directory()
    {
        Refused(p => p.Entries[0].Size = Limits.Text + 1);
        Refused(p =>
        {
            p.Entries[0].Kind = EntryKind.EntryDirectory;
            p.Entries[0].Size = 0;
            p.Entries[0].Chunks.Clear();
        });
        Assert.IsType<PageReading.Accepted>(Some.Reader().Read(Text("note.txt", Limits.Text).Single()));

        static void Refused(Action<ManifestPagePayload> change) => Assert.Equal(
            ManifestRefusalKind.BadEntry,
            Assert.IsType<PageReading.Refused>(Some.Reader().Read(Some.Forge(Text("note.txt", 5).Single(), change))).Refusal.Kind);
    }

    private static IEnumerable<Signed> Text(string path, int length)
    {
        var builder = Some.Builder();
        builder.BeginFile(Some.Path(path), length, 0x180, 1, isText: true);
        builder.AddChunk(Some.Hash(1), length);
        return [builder.Finish()];
    }

    private static JsonNode Inputs() => new JsonObject
    {
        ["sender_seed"] = Hex(Enumerable.Repeat((byte)10, 32).ToArray()),
        ["receiver_seed"] = Hex(Enumerable.Repeat((byte)11, 32).ToArray()),
        ["manifest_id"] = Hex(Some.Manifest.ToBytes()),
        ["path"] = "Text from desk 2026-11-26 21.50.txt",
        ["text"] = "https://example.org/für/ada",
    };

    private static JsonObject Build(JsonNode inputs)
    {
        using var sender = SigningKey.FromSeed(inputs.Bytes("sender_seed"));
        var text = Encoding.UTF8.GetBytes(inputs.Text("text"));
        var builder = new ManifestBuilder(
            sender, ManifestId.Parse(inputs.Text("manifest_id")), VectorManifest.Device(inputs, "sender_seed"), VectorManifest.Device(inputs, "receiver_seed"));
        builder.BeginFile(RelativePath.Parse(inputs.Text("path")), text.Length, 0x180, 1, isText: true);
        builder.AddChunk(SHA256.HashData(text), text.Length);
        var page = builder.Finish();
        return new JsonObject
        {
            ["description"] = "The one page of a manifest that sends a text: a file of mode 0600 and mtime_ns 1 whose entry has text set. Its one chunk is the text in UTF-8.",
            ["context"] = SignatureContext.ManifestPage.Text,
            ["inputs"] = inputs.DeepClone(),
            ["payload"] = Hex(page.Payload.Span),
            ["signature"] = Hex(page.Signature.Span),
            ["blob"] = Hex(page.ToByteArray()),
        };
    }
}
