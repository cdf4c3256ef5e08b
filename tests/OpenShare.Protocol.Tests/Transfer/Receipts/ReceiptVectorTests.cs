using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Tests.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Transfer.Receipts;

public sealed class ReceiptVectorTests
{
    private const string File = "receipt.json";

    [Fact]
    public void Receipt_vector_is_reproduced() => Check(File, Build(Read(File)["inputs"]!));

    [Fact]
    public void Receipt_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        var receiver = Ed25519Reference.PublicKey(inputs.Bytes("receiver_seed"));
        byte[] payload = [
            .. RawProto.Number(1, 1), .. RawProto.Blob(2, inputs.Bytes("manifest_id")), .. RawProto.Blob(3, vector.Bytes("final_page_sha256")),
            .. RawProto.Blob(4, vector.Bytes("sender")), .. RawProto.Blob(5, vector.Bytes("receiver")),
            .. inputs["outcomes"]!.AsArray().SelectMany(run => RawProto.Blob(6, Run(run!))),
            .. RawProto.Number(7, inputs["completed_at"]!.GetValue<ulong>())];
        var issuing = Ed25519Reference.PublicKey(inputs.Bytes("issuing_seed"));

        Assert.Equal(Read("manifest.json")["pages"]!.AsArray()[^1]!.Text("payload_sha256"), vector.Text("final_page_sha256"));
        Assert.Equal(Read("manifest.json").Text("sender"), vector.Text("sender"));
        Assert.Equal(Hex(SHA256.HashData([.. "openshare/device-id/v1\0"u8, .. receiver]).AsSpan(0, 16)), vector.Text("receiver"));
        Assert.Equal(Hex(receiver), vector.Text("receiver_public_key"));
        Assert.Equal(Hex(payload), vector.Text("payload"));
        Assert.Equal(Hex([.. Encoding.ASCII.GetBytes("openshare/receipt/v1"), 0, .. payload]), vector.Text("signed_bytes"));
        Assert.True(Ed25519Reference.IsSigned(receiver, "openshare/receipt/v1", payload, vector.Bytes("signature")));
        Assert.Equal(Hex(issuing), vector.Text("issuing_public_key"));
        Assert.Equal(Hex(Certificate(inputs["certificate"]!, receiver)), vector.Text("certificate_payload"));
        Assert.True(Ed25519Reference.IsSigned(issuing, "openshare/cert/v1", vector.Bytes("certificate_payload"), vector.Bytes("certificate_signature")));
        byte[] blob = [
            .. RawProto.Blob(1, RawProto.Signed(payload, KeyId(receiver), vector.Bytes("signature"))),
            .. RawProto.Blob(2, RawProto.Signed(vector.Bytes("certificate_payload"), KeyId(issuing), vector.Bytes("certificate_signature")))];
        Assert.Equal(Hex(blob), vector.Text("blob"));
        Assert.Equal(RawProto.Base64Url(blob), vector.Text("text"));

        static string KeyId(byte[] key) => Hex(SHA256.HashData(key).AsSpan(0, 16));
    }

    [Fact]
    public void The_receipt_in_the_vector_reads_and_is_genuine_for_the_manifest_in_its_vector()
    {
        var vector = Read(File);
        var receipt = Receipt.Parse(vector.Text("text"));
        var manifest = VectorManifest.Read(ManifestVectorTests.Blobs(Read("manifest.json")));

        Assert.IsType<ReceiptVerdict.Genuine>(ReceiptVerifier.Verify(receipt.Blob, new Organisation().Trust, manifest, number => number is 5 or 6));
        Assert.Equal(Organisation.Now, receipt.CompletedAt);
        Assert.Equal("Bob's desk", receipt.Certificate.Name);
        Assert.Equal(vector["inputs"]!["outcomes"]!.AsArray().Select(run => Hex(Run(run!))), receipt.Outcomes.Select(run => Hex(run.ToByteArray())));
    }

    [Fact]
    public void The_receipt_in_the_vector_with_any_byte_altered_is_refused()
    {
        var trust = new Organisation().Trust;
        Altered.Each(Read(File).Bytes("blob"), FinalReceipt.Parser, altered => Assert.IsType<ReceiptVerdict.Refused>(ReceiptVerifier.Verify(altered, trust)));
    }

    private static byte[] Run(JsonNode run) => [
        .. RawProto.Number(1, run["entry_no"]!.GetValue<ulong>()),
        .. RawProto.Number(2, run.Text("outcome") switch { "delivered" => 1, "withdrawn" => 2, _ => 3 }),
        .. RawProto.Text(3, Optional(run, "stored_as")), .. RawProto.Text(4, Optional(run, "detail")),
        .. RawProto.Number(5, run["count"]!.GetValue<ulong>())];

    private static byte[] Certificate(JsonNode inputs, byte[] key)
    {
        return [
            .. RawProto.Number(1, 1), .. RawProto.Number(2, Number("serial")), .. RawProto.Number(3, Number("device_no")),
            .. RawProto.Blob(4, SHA256.HashData([.. "openshare/device-id/v1\0"u8, .. key]).AsSpan(0, 16)), .. RawProto.Text(5, inputs.Text("account_id")),
            .. RawProto.Blob(6, key), .. RawProto.Text(7, inputs.Text("device_name")),
            .. RawProto.Number(8, Number("now") - 300), .. RawProto.Number(9, Number("now") + Number("lifetime_seconds"))];

        ulong Number(string field) => inputs[field]!.GetValue<ulong>();
    }

    private static string Optional(JsonNode node, string field) => node[field]?.GetValue<string>() ?? "";

    private static JsonObject Build(JsonNode inputs)
    {
        using var issuing = SigningKey.FromSeed(inputs.Bytes("issuing_seed"));
        using var receiver = SigningKey.FromSeed(inputs.Bytes("receiver_seed"));
        var certificate = Issue(issuing, receiver.PublicKey, inputs["certificate"]!);
        var receipt = Sign(receiver, certificate, inputs);
        return new JsonObject
        {
            ["description"] = "The receipt for the manifest in manifest.json. Outcomes are runs: count entries from entry_no on; a field that is not there is empty. Signed by the "
                + "receiver over signed_bytes: context, 00, payload; final_page_sha256 is that of the last page's payload. The receiver's certificate, as in certificate.json, "
                + "travels with it: blob is both, text its base64url without padding.",
            ["context"] = SignatureContext.Receipt.Text,
            ["inputs"] = inputs.DeepClone(),
            ["issuing_public_key"] = Hex(issuing.PublicKey.Bytes),
            ["receiver_public_key"] = Hex(receiver.PublicKey.Bytes),
            ["sender"] = receipt.Sender.ToString(),
            ["receiver"] = receipt.Receiver.ToString(),
            ["final_page_sha256"] = Hex(receipt.FinalPageSha256.Span),
            ["payload"] = Hex(receipt.Blob.Receipt.Payload.Span),
            ["signed_bytes"] = Hex(SignatureContext.Receipt.SignedBytes(receipt.Blob.Receipt.Payload.Span)),
            ["signature"] = Hex(receipt.Blob.Receipt.Signature.Span),
            ["certificate_payload"] = Hex(certificate.Blob.Payload.Span),
            ["certificate_signature"] = Hex(certificate.Blob.Signature.Span),
            ["blob"] = Hex(receipt.Blob.ToByteArray()),
            ["text"] = receipt.ToText(),
        };
    }

    private static DeviceCertificate Issue(SigningKey issuing, PublicKey receiver, JsonNode inputs) => DeviceCertificate.Issue(
        issuing, inputs["serial"]!.GetValue<ulong>(), inputs["device_no"]!.GetValue<ulong>(), receiver, AccountId.Parse(inputs.Text("account_id")),
        inputs.Text("device_name"), DateTimeOffset.FromUnixTimeSeconds(inputs["now"]!.GetValue<long>()), TimeSpan.FromSeconds(inputs["lifetime_seconds"]!.GetValue<long>()));

    // The receiver tells of single entries what was not simply delivered; the runs are the signer's work.
    private static Receipt Sign(SigningKey receiver, DeviceCertificate certificate, JsonNode inputs)
    {
        var withdrawn = new Dictionary<uint, string>();
        var notes = new List<EntryNote>();
        foreach (var run in inputs["outcomes"]!.AsArray())
        {
            var first = run!["entry_no"]!.GetValue<uint>();
            for (var number = first; number < first + run["count"]!.GetValue<uint>(); number++)
            {
                if (run.Text("outcome") == "withdrawn")
                    withdrawn[number] = run.Text("detail");
                else if (run.Text("outcome") == "refused")
                    notes.Add(new EntryNote.Refused(number, run.Text("detail")));
                else if (run["stored_as"] is not null)
                    notes.Add(new EntryNote.StoredAs(number, RelativePath.Parse(run.Text("stored_as"))));
            }
        }
        var manifest = VectorManifest.Read(VectorManifest.Pages(VectorManifest.Inputs));
        var now = DateTimeOffset.FromUnixTimeSeconds(inputs["completed_at"]!.GetValue<long>());
        return Receipt.Read(ReceiptSigner.Sign(receiver, certificate, manifest, withdrawn, notes, now));
    }
}
