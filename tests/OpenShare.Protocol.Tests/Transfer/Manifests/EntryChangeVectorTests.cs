using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Transfer.Manifests;

public sealed class EntryChangeVectorTests
{
    private const string File = "entry-changed.json";
    private const string Context = "openshare/entry-changed/v1";

    [Fact]
    public void Entry_change_vector_is_reproduced() => Check(File, Build(Read(File)["inputs"]!));

    [Fact]
    public void Entry_change_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        var key = Ed25519Reference.PublicKey(inputs.Bytes("sender_seed"));
        byte[] payload = [
            .. RawProto.Blob(1, inputs.Bytes("manifest_id")), .. RawProto.Number(2, inputs["entry_no"]!.GetValue<ulong>()), .. RawProto.Text(3, inputs.Text("reason"))];

        Assert.Equal(Hex(key), vector.Text("sender_public_key"));
        Assert.Equal(Hex(payload), vector.Text("payload"));
        Assert.True(Ed25519Reference.IsSigned(key, Context, payload, vector.Bytes("signature")));
        Assert.Equal(Hex(RawProto.Signed(payload, Hex(SHA256.HashData(key).AsSpan(0, 16)), vector.Bytes("signature"))), vector.Text("blob"));
    }

    [Fact]
    public void The_notice_in_the_vector_reads_and_none_with_any_byte_altered_does()
    {
        var vector = Read(File);
        var change = Parse(SignedBlobs.Parse(vector.Bytes("blob"), "notice"));

        Assert.Equal((6u, "it changed while it was being read"), (change.EntryNumber, change.Reason));
        Altered.Each(vector.Bytes("blob"), Signed.Parser, altered => Assert.Throws<ProtocolException>(() => Parse(altered)));

        EntryChange Parse(Signed notice) => EntryChange.Read(
            notice, PublicKey.FromBytes(vector.Bytes("sender_public_key")), ManifestId.Parse(vector["inputs"]!.Text("manifest_id")));
    }

    private static JsonObject Build(JsonNode inputs)
    {
        using var sender = SigningKey.FromSeed(inputs.Bytes("sender_seed"));
        var notice = EntryChange.Sign(
            sender, ManifestId.Parse(inputs.Text("manifest_id")), inputs["entry_no"]!.GetValue<uint>(), inputs.Text("reason")).Notice;
        return new JsonObject
        {
            ["description"] = "The sender withdraws entry 6 of the manifest in manifest.json. Signed by the sender over context, 00, payload.",
            ["context"] = SignatureContext.EntryChanged.Text,
            ["inputs"] = inputs.DeepClone(),
            ["sender_public_key"] = Hex(sender.PublicKey.Bytes),
            ["payload"] = Hex(notice.Payload.Span),
            ["signature"] = Hex(notice.Signature.Span),
            ["blob"] = Hex(notice.ToByteArray()),
        };
    }
}
