using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Pairing;

/// <summary>A code, a token and a provisional certificate.</summary>
public sealed class PairingVectorTests
{
    private const string File = "pairing.json";

    [Fact]
    public void Pairing_vector_is_reproduced() => Check(File, Build());

    [Fact]
    public void Pairing_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        var key = Ed25519Reference.PublicKey(inputs.Bytes("new_seed"));
        var sponsorKey = Ed25519Reference.PublicKey(inputs.Bytes("sponsor_seed"));
        var code = SHA256.HashData([.. "openshare/pairing-code/v1\0"u8, .. key])[..12];
        Assert.Equal(Hex(code), vector.Text("code"));
        Assert.Equal(Base32([.. code, .. SHA256.HashData([.. "openshare/pairing-code-check/v1\0"u8, .. code])[..3]]), vector.Text("code_text").Replace("-", "", StringComparison.Ordinal));

        byte[] token = [
            .. RawProto.Number(1, 1), .. RawProto.Blob(2, inputs.Bytes("nonce")), .. RawProto.Number(3, NumberOf(inputs, "now")), .. RawProto.Number(4, 300),
            .. RawProto.Blob(5, code), .. RawProto.Blob(6, inputs.Bytes("sponsor_certificate")),
            .. RawProto.Blob(7, [.. RawProto.Blob(1, [192, 0, 2, 7]), .. RawProto.Number(2, 4711)]),
            .. RawProto.Blob(7, [.. RawProto.Blob(1, [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), .. RawProto.Number(2, 4711)]),
            .. RawProto.Number(8, 1)];
        Assert.Equal(Hex(token), vector.Text("token_payload"));
        Assert.True(Ed25519Reference.IsSigned(sponsorKey, "openshare/pairing-token/v1", token, vector.Bytes("token_signature")));
        var keyId = Hex(SHA256.HashData(sponsorKey).AsSpan(0, 16));
        Assert.Equal("osp1_" + RawProto.Base64Url(RawProto.Signed(token, keyId, vector.Bytes("token_signature"))), vector.Text("token_text"));

        byte[] certificate = [
            .. RawProto.Number(1, 1), .. RawProto.Number(2, NumberOf(inputs, "serial")), .. RawProto.Blob(4, SHA256.HashData([.. "openshare/device-id/v1\0"u8, .. key]).AsSpan(0, 16)), .. RawProto.Text(5, "acme"),
            .. RawProto.Blob(6, key), .. RawProto.Text(7, "new device"), .. RawProto.Number(8, NumberOf(inputs, "now") - 300),
            .. RawProto.Number(9, NumberOf(inputs, "now") + 7 * 86400), .. RawProto.Blob(10, inputs.Bytes("sponsor_certificate")), .. RawProto.Number(11, 1)];
        Assert.Equal(Hex(certificate), vector.Text("certificate_payload"));
        Assert.True(Ed25519Reference.IsSigned(sponsorKey, "openshare/provisional/v1", certificate, vector.Bytes("certificate_signature")));

        byte[] withdrawal = [
            .. RawProto.Blob(1, SHA256.HashData(certificate)), .. RawProto.Number(2, NumberOf(inputs, "now") + 7 * 86400),
            .. RawProto.Blob(3, inputs.Bytes("sponsor_certificate"))];
        Assert.Equal(Hex(withdrawal), vector.Text("withdrawal_payload"));
        Assert.True(Ed25519Reference.IsSigned(sponsorKey, "openshare/withdrawal/v1", withdrawal, vector.Bytes("withdrawal_signature")));
    }

    // Written down a second time, from docs/protocol.md.
    [Fact]
    public void The_short_code_is_what_the_protocol_says()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        var (session, ofNew, ofSponsor) = (inputs.Bytes("session_id"), inputs.Bytes("number_of_new"), inputs.Bytes("number_of_sponsor"));
        Assert.Equal(Hex(SHA256.HashData([.. "openshare/short-code-commitment/v1\0"u8, .. session, .. ofNew])), vector.Text("commitment"));
        var hash = SHA256.HashData([.. "openshare/short-code/v1\0"u8, .. session, .. ofNew, .. ofSponsor]);
        var number = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash) % 1_000_000;
        Assert.Equal($"{number / 1000:000} {number % 1000:000}", vector.Text("short_code"));
        Assert.Equal(Hex(HMACSHA256.HashData("openshare/unpaired/v1"u8, "openshare/acct-hash/v1"u8).AsSpan(0, 8)), vector.Text("unpaired_acct_hash"));
    }

    [Fact]
    public void The_token_and_the_certificate_in_the_vector_read()
    {
        var vector = Read(File);
        var token = PairingToken.Parse(vector.Text("token_text"));
        Assert.Equal(PairingCode.Parse(vector.Text("code_text")), token.Code);
        var certificate = DeviceCertificate.Read(SignedBlobs.Parse(vector.Bytes("certificate_blob"), "certificate"));
        Assert.True(certificate.IsVouchedFor(new Organisation().Trust));
        Assert.Equal(token.Sponsor.DeviceId, certificate.Sponsor!.DeviceId);
    }

    private static ulong NumberOf(JsonNode inputs, string field) => inputs[field]!.GetValue<ulong>();

    // The bits from the left, five at a time.
    private static string Base32(byte[] bytes)
    {
        var bits = string.Concat(bytes.Select(b => Convert.ToString(b, 2).PadLeft(8, '0')));
        return string.Concat(bits.Chunk(5).Select(five => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[Convert.ToInt32(new string(five), 2)]));
    }

    private static JsonObject Build()
    {
        byte[] numberOfSponsor = [.. Enumerable.Repeat((byte)7, ShortCode.NumberSize)];
        var sponsor = new Organisation().Sponsor();
        var token = sponsor.Invite(nonce: 0x5a);
        var certificate = sponsor.Provisional();
        var withdrawal = Withdrawal.Create(sponsor.Key, sponsor.Certificate, certificate.PayloadSha256, certificate.ExpiresAt).Blob;
        return new JsonObject
        {
            ["description"] = "A new device's code; a registered device's invitation of it; the provisional certificate that it gets; its sponsor's withdrawal of it. code: the first 12 bytes of "
                + "SHA-256(\"openshare/pairing-code/v1\", 00, public key); code_text: those and the first 3 bytes of SHA-256(\"openshare/pairing-code-check/v1\", 00, code) in Crockford's base 32. "
                + "The short code of a session in which the new device has that number and the sponsor the other; what a device announces that shows itself to be paired.",
            ["contexts"] = new JsonObject { ["token"] = SignatureContext.PairingToken.Text, ["certificate"] = SignatureContext.Provisional.Text, ["withdrawal"] = SignatureContext.Withdrawal.Text },
            ["inputs"] = new JsonObject
            {
                ["new_seed"] = Hex(Organisation.Seed(0, 40)),
                ["sponsor_seed"] = Hex(Organisation.Seed(0, 10)),
                ["sponsor_certificate"] = Hex(sponsor.Certificate.Blob.ToByteArray()),
                ["nonce"] = Hex(token.Nonce.ToBytes()),
                ["now"] = Organisation.Now.ToUnixTimeSeconds(),
                ["addresses"] = new JsonArray([.. SomePairing.Addresses.Select(a => JsonValue.Create(a.ToString()))]),
                ["scope"] = "account",
                ["serial"] = certificate.Serial,
                ["session_id"] = Hex(SomePairing.Session.ToBytes()),
                ["number_of_new"] = Hex(SomePairing.Number),
                ["number_of_sponsor"] = Hex(numberOfSponsor),
            },
            ["code"] = Hex(token.Code.ToBytes()),
            ["code_text"] = token.Code.ToString(),
            ["token_payload"] = Hex(token.Blob.Payload.Span),
            ["token_signature"] = Hex(token.Blob.Signature.Span),
            ["token_text"] = token.ToText(),
            ["certificate_payload"] = Hex(certificate.Blob.Payload.Span),
            ["certificate_signature"] = Hex(certificate.Blob.Signature.Span),
            ["certificate_blob"] = Hex(certificate.Blob.ToByteArray()),
            ["withdrawal_payload"] = Hex(withdrawal.Payload.Span),
            ["withdrawal_signature"] = Hex(withdrawal.Signature.Span),
            ["commitment"] = Hex(ShortCode.Commit(SomePairing.Session, SomePairing.Number)),
            ["short_code"] = ShortCode.Of(SomePairing.Session, SomePairing.Number, numberOfSponsor).ToString(),
            ["unpaired_acct_hash"] = AccountHash.Unpaired.ToString(),
        };
    }
}
