using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Identity;

public sealed class CertificateVectorTests
{
    private const string File = "certificate.json";
    private static readonly byte[] IssuingSeed = Organisation.Seed(0, 2);
    private static readonly byte[] DeviceSeed = Organisation.Seed(0, 10);

    [Fact]
    public void Certificate_vector_is_reproduced() => Check(File, Build());

    [Fact]
    public void Certificate_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        var key = vector.Bytes("device_public_key");
        var deviceId = SHA256.HashData([.. "openshare/device-id/v1\0"u8, .. key])[..16];
        byte[] payload = [
            .. RawProto.Number(1, 1), .. RawProto.Number(2, Number("serial")), .. RawProto.Number(3, Number("device_no")), .. RawProto.Blob(4, deviceId),
            .. RawProto.Text(5, inputs.Text("account_id")), .. RawProto.Blob(6, key), .. RawProto.Text(7, inputs.Text("device_name")),
            .. RawProto.Number(8, Number("now") - 300), .. RawProto.Number(9, Number("now") + Number("lifetime_seconds"))];
        byte[] signed = [.. Encoding.ASCII.GetBytes("openshare/cert/v1"), 0, .. payload];

        Assert.Equal(vector.Text("device_id"), Hex(deviceId));
        Assert.Equal(vector.Text("short_fp"), Hex(SHA256.HashData(key).AsSpan(0, 8)));
        Assert.Equal(vector.Text("payload"), Hex(payload));
        Assert.Equal(vector.Text("signed_bytes"), Hex(signed));
        Assert.Equal(vector.Text("issuing_key_id"), Hex(SHA256.HashData(vector.Bytes("issuing_public_key")).AsSpan(0, 16)));
        Assert.Equal(vector.Text("blob"), Hex(RawProto.Signed(payload, vector.Text("issuing_key_id"), vector.Bytes("signature"))));

        ulong Number(string field) => inputs[field]!.GetValue<ulong>();
    }

    [Fact]
    public void The_certificate_in_the_vector_reads_and_is_vouched_for()
    {
        var vector = Read(File);
        var certificate = DeviceCertificate.Parse(vector.Text("text"));

        Assert.Equal("Ada's laptop", certificate.Name);
        Assert.True(certificate.IsVouchedFor(new Organisation().Trust));
        Assert.All(vector["validity"]!.AsArray(), at => Assert.Equal(
            at!.Text("verdict"), certificate.ValidityAt(DateTimeOffset.FromUnixTimeSeconds(at!["at"]!.GetValue<long>())).ToString()));
    }

    private static JsonObject Build()
    {
        using var issuing = SigningKey.FromSeed(IssuingSeed);
        using var device = SigningKey.FromSeed(DeviceSeed);
        var now = Organisation.Now;
        var lifetime = Organisation.Year;
        var certificate = DeviceCertificate.Issue(issuing, 41, 7, device.PublicKey, AccountId.Parse("acme"), "Ada's laptop", now, lifetime);
        return new JsonObject
        {
            ["description"] = "A device certificate. device_id is the first 16 bytes of SHA-256(\"openshare/device-id/v1\", 00, device_public_key); "
                + "signature is Ed25519 by the issuing key over signed_bytes: context, 00, payload. issued_at is now less 300 s; 300 s of clock skew are allowed.",
            ["context"] = SignatureContext.Certificate.Text,
            ["inputs"] = new JsonObject
            {
                ["issuing_seed"] = Hex(IssuingSeed),
                ["device_seed"] = Hex(DeviceSeed),
                ["serial"] = certificate.Serial,
                ["device_no"] = certificate.DeviceNo,
                ["account_id"] = certificate.Account.Value,
                ["device_name"] = certificate.Name,
                ["now"] = now.ToUnixTimeSeconds(),
                ["lifetime_seconds"] = (long)lifetime.TotalSeconds,
            },
            ["issuing_public_key"] = Hex(issuing.PublicKey.Bytes),
            ["issuing_key_id"] = issuing.PublicKey.KeyId,
            ["device_public_key"] = Hex(device.PublicKey.Bytes),
            ["device_id"] = certificate.DeviceId.ToString(),
            ["short_fp"] = certificate.PublicKey.ShortFingerprint,
            ["payload"] = Hex(certificate.Blob.Payload.Span),
            ["signed_bytes"] = Hex(SignatureContext.Certificate.SignedBytes(certificate.Blob.Payload.Span)),
            ["signature"] = Hex(certificate.Blob.Signature.Span),
            ["blob"] = Hex(certificate.Blob.ToByteArray()),
            ["text"] = certificate.Blob.ToText(),
            ["validity"] = new JsonArray(
                At(certificate.IssuedAt.AddSeconds(-301), "NotYet"), At(certificate.IssuedAt.AddSeconds(-300), "Valid"),
                At(certificate.ExpiresAt.AddSeconds(300), "Valid"), At(certificate.ExpiresAt.AddSeconds(301), "Expired")),
        };

        static JsonNode At(DateTimeOffset time, string verdict) => new JsonObject { ["at"] = time.ToUnixTimeSeconds(), ["verdict"] = verdict };
    }
}
