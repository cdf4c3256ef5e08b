using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Identity;

public sealed class TrustRootVectorTests
{
    private const string File = "trust-root.json";

    [Fact]
    public void Trust_root_vector_is_reproduced() => Check(File, Build());

    [Fact]
    public void Trust_root_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var now = vector["inputs"]!["now"]!.GetValue<ulong>();
        var notAfter = vector["inputs"]!["not_after"]!.GetValue<ulong>();
        byte[] payload = [
            .. RawProto.Number(1, 1), .. RawProto.Number(2, now),
            .. Key(1, "root_public_key"), .. Key(2, "issuing_public_key"), .. Key(3, "crl_public_key")];
        byte[] signature = [
            .. RawProto.Text(1, Hex(SHA256.HashData(vector.Bytes("root_public_key")).AsSpan(0, 16))), .. RawProto.Blob(2, vector.Bytes("signature"))];

        Assert.Equal(vector.Text("payload"), Hex(payload));
        Assert.Equal(vector.Text("signed_bytes"), Hex([.. Encoding.ASCII.GetBytes("openshare/trust-root/v1"), 0, .. payload]));
        Assert.Equal(vector.Text("fingerprint"), Hex(SHA256.HashData(payload)));
        Assert.Equal(vector.Text("link"), Hex([.. RawProto.Blob(1, payload), .. RawProto.Blob(2, signature)]));
        Assert.Equal(1u, TrustRoot.Parse(vector.Text("text")).Version);

        byte[] Key(ulong role, string field) => RawProto.Blob(3, [
            .. RawProto.Number(1, role), .. RawProto.Blob(2, vector.Bytes(field)), .. RawProto.Number(3, now - 300), .. RawProto.Number(4, notAfter)]);
    }

    private static JsonObject Build()
    {
        using var root = Organisation.Key(0, 1);
        using var issuing = Organisation.Key(0, 2);
        using var crl = Organisation.Key(0, 3);
        var now = Organisation.Now.AddDays(-30);
        var notAfter = Organisation.Now.AddYears(5);
        var trust = TrustRoot.Create(root, issuing.PublicKey, crl.PublicKey, now, notAfter);
        return new JsonObject
        {
            ["description"] = "Version 1 of a trust root: three keys by role (1 root, 2 issuing, 3 CRL), each not_before now less 300 s; "
                + "signature is Ed25519 by the root key over signed_bytes. fingerprint, SHA-256 of payload, is what a registration token carries.",
            ["context"] = SignatureContext.TrustRoot.Text,
            ["inputs"] = new JsonObject
            {
                ["root_seed"] = Hex(Organisation.Seed(0, 1)),
                ["issuing_seed"] = Hex(Organisation.Seed(0, 2)),
                ["crl_seed"] = Hex(Organisation.Seed(0, 3)),
                ["now"] = now.ToUnixTimeSeconds(),
                ["not_after"] = notAfter.ToUnixTimeSeconds(),
            },
            ["root_public_key"] = Hex(root.PublicKey.Bytes),
            ["issuing_public_key"] = Hex(issuing.PublicKey.Bytes),
            ["crl_public_key"] = Hex(crl.PublicKey.Bytes),
            ["payload"] = Hex(trust.Link.Payload.Span),
            ["signed_bytes"] = Hex(SignatureContext.TrustRoot.SignedBytes(trust.Link.Payload.Span)),
            ["signature"] = Hex(trust.Link.Signatures[0].Signature.Span),
            ["fingerprint"] = Hex(trust.Fingerprint.Span),
            ["link"] = Hex(trust.Link.ToByteArray()),
            ["text"] = trust.ToText(),
        };
    }
}
