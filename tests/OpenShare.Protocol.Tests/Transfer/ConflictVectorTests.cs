using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Transfer;

/// <summary>What a sender wishes where a name is taken, and what a receipt says of it, on the wire.</summary>
public sealed class ConflictVectorTests
{
    private const string File = "conflict.json";
    private static readonly byte[] Content = "hello\n"u8.ToArray();

    private static JsonObject Inputs => new()
    {
        ["sender_seed"] = "000a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
        ["receiver_seed"] = "000b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        ["manifest_id"] = "000102030405060708090a0b0c0d0e0f",
        ["path"] = "hello.txt",
        ["content"] = Hex(Content),
    };

    [Fact]
    public void Conflict_vector_is_reproduced() => Check(File, new JsonObject
    {
        ["description"] = "The only page of a manifest with one file, for each wish of its sender: rename is 0 and so not written. And the runs of a receipt for an entry that "
            + "stood there before and for two that were skipped. All of it as payloads, before they are signed.",
        ["inputs"] = Inputs,
        ["pages"] = new JsonObject(Enum.GetValues<ConflictPolicy>().Select(p => KeyValuePair.Create<string, JsonNode?>(Word(p), Hex(Page(p).Payload.Span)))),
        ["already_there"] = Hex(Runs()[0].ToByteArray()),
        ["skipped"] = Hex(Runs()[1].ToByteArray()),
    });

    [Theory]
    [InlineData("rename", 0)]
    [InlineData("skip", 1)]
    [InlineData("overwrite", 2)]
    public void The_pages_follow_from_their_inputs_by_other_means(string word, ulong number)
    {
        var inputs = Read(File)["inputs"]!;
        byte[] entry = [
            .. RawProto.Text(3, inputs.Text("path")), .. RawProto.Number(4, 1), .. RawProto.Number(5, (ulong)Content.Length),
            .. RawProto.Blob(9, [.. RawProto.Blob(1, SHA256.HashData(inputs.Bytes("content"))), .. RawProto.Number(2, (ulong)Content.Length)])];
        byte[] totals = [.. RawProto.Number(1, 1), .. RawProto.Number(2, (ulong)Content.Length), .. RawProto.Number(3, 1)];
        byte[] payload = [
            .. RawProto.Number(1, 1), .. RawProto.Blob(2, inputs.Bytes("manifest_id")), .. RawProto.Blob(3, Device("sender_seed")), .. RawProto.Blob(4, Device("receiver_seed")),
            .. RawProto.Blob(7, entry), .. RawProto.Blob(8, totals), .. RawProto.Number(9, number)];

        Assert.Equal(Hex(payload), Read(File)["pages"]!.Text(word));

        byte[] Device(string seed) => SHA256.HashData([.. "openshare/device-id/v1\0"u8, .. Ed25519Reference.PublicKey(inputs.Bytes(seed))])[..16];
    }

    [Fact]
    public void The_runs_of_the_receipt_follow_by_other_means()
    {
        Assert.Equal(Hex([.. RawProto.Number(2, 1), .. RawProto.Text(4, "already there"), .. RawProto.Number(5, 1)]), Read(File).Text("already_there"));
        Assert.Equal(
            Hex([.. RawProto.Number(1, 1), .. RawProto.Number(2, 4), .. RawProto.Text(4, "the name is taken"), .. RawProto.Number(5, 2)]), Read(File).Text("skipped"));
    }

    [Theory]
    [InlineData(ConflictPolicy.Rename, ConflictPolicy.Rename)]
    [InlineData(ConflictPolicy.Overwrite, ConflictPolicy.Overwrite)]
    [InlineData((ConflictPolicy)77, ConflictPolicy.Rename)]
    public void A_wish_that_is_not_known_harms_nobody(ConflictPolicy sent, ConflictPolicy read) =>
        Assert.Equal(read, Some.Read([Some.Forge(Some.Pages()[0], page => page.Conflict = sent)]).Conflict);

    private static string Word(ConflictPolicy policy) => policy switch
    {
        ConflictPolicy.Rename => "rename",
        ConflictPolicy.Skip => "skip",
        _ => "overwrite",
    };

    private static Signed Page(ConflictPolicy policy)
    {
        using var sender = SigningKey.FromSeed(Inputs.Bytes("sender_seed"));
        var builder = new ManifestBuilder(
            sender, ManifestId.Parse(Inputs.Text("manifest_id")), VectorManifest.Device(Inputs, "sender_seed"), VectorManifest.Device(Inputs, "receiver_seed"), policy);
        builder.BeginFile(Some.Path(Inputs.Text("path")), Content.Length, 0, 0);
        builder.AddChunk(SHA256.HashData(Content), Content.Length);
        return builder.Finish();
    }

    private static IReadOnlyList<EntryOutcome> Runs()
    {
        var builder = Some.Builder();
        List<Signed> pages = [.. builder.File("a", 1), .. builder.File("b", 1), .. builder.File("c", 1), builder.Finish()];
        var manifest = Some.Read(pages);
        EntryNote[] notes = [new EntryNote.AlreadyThere(0), new EntryNote.Skipped(1, "the name is taken"), new EntryNote.Skipped(2, "the name is taken")];
        return Receipt.Read(ReceiptSigner.Sign(Some.ReceiverKey, Some.ReceiverCertificate, manifest, new Dictionary<uint, string>(), notes, Some.Now)).Outcomes;
    }
}
