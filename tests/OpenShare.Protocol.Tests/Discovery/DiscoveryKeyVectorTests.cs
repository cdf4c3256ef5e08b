using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Discovery;

public sealed class DiscoveryKeyVectorTests
{
    private const string File = "discovery-key.json";

    [Fact]
    public void Discovery_key_vector_is_reproduced() => Check(File, Build());

    [Fact]
    public void Discovery_key_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        byte[] payload =
        [
            .. RawProto.Number(1, Number("version")), .. RawProto.Text(2, inputs.Text("account_id")), .. RawProto.Blob(3, inputs.Bytes("key")),
            .. RawProto.Number(4, Number("issued_at")), .. RawProto.Number(5, Number("crl_version")),
        ];
        var blob = RawProto.Signed(payload, vector.Text("issuing_key_id"), vector.Bytes("signature"));

        Assert.Equal(vector.Text("payload"), Hex(payload));
        Assert.Equal(vector.Text("signed_bytes"), Hex([.. Encoding.ASCII.GetBytes("openshare/discovery-key/v1"), 0, .. payload]));
        Assert.Equal(vector.Text("blob"), Hex(blob));
        Assert.Equal(vector.Text("text"), RawProto.Base64Url(blob));
        Assert.Equal(vector.Text("offer"), Hex(RawProto.Blob(6, RawProto.Blob(1, blob))));
        Assert.Equal(vector.Text("acct_hash"), Hex(HMACSHA256.HashData(inputs.Bytes("key"), Encoding.ASCII.GetBytes("openshare/acct-hash/v1")).AsSpan(0, 8)));

        ulong Number(string field) => inputs[field]!.GetValue<ulong>();
    }

    [Fact]
    public void The_key_in_the_vector_reads_and_is_the_accounts()
    {
        var vector = Read(File);

        var key = DiscoveryKey.Parse(vector.Text("text")).VerifiedBy(new Organisation().Trust, AccountId.Parse("acme"));

        Assert.Equal((2u, 3UL), (key.Version, key.RevocationList));
        Assert.Equal(vector.Text("acct_hash"), DiscoveryKeys.Of(key).Hash.ToString());
    }

    private static JsonObject Build()
    {
        var organisation = new Organisation();
        var key = organisation.DiscoveryKey(2, revocationList: 3);
        return new JsonObject
        {
            ["description"] = "The second discovery key of an account, which came with version 3 of the revocation list, signed by the trust root's issuing key; as a control message hands it on; and what is announced under it. Keys are ordered by (version, issued_at).",
            ["context"] = SignatureContext.DiscoveryKey.Text,
            ["inputs"] = new JsonObject
            {
                ["issuing_seed"] = Hex(Organisation.Seed(0, 2)),
                ["version"] = key.Version,
                ["account_id"] = key.Account.Value,
                ["key"] = Hex(key.Secret.Span),
                ["issued_at"] = key.IssuedAt.ToUnixTimeSeconds(),
                ["crl_version"] = key.RevocationList,
            },
            ["issuing_public_key"] = Hex(organisation.Issuing.PublicKey.Bytes),
            ["issuing_key_id"] = organisation.Issuing.PublicKey.KeyId,
            ["payload"] = Hex(key.Blob.Payload.Span),
            ["signed_bytes"] = Hex(SignatureContext.DiscoveryKey.SignedBytes(key.Blob.Payload.Span)),
            ["signature"] = Hex(key.Blob.Signature.Span),
            ["blob"] = Hex(key.Blob.ToByteArray()),
            ["text"] = key.Blob.ToText(),
            ["offer"] = Hex(new Control { DiscoveryKeyOffer = new DiscoveryKeyOffer { DiscoveryKey = key.Blob } }.ToByteArray()),
            ["acct_hash"] = DiscoveryKeys.Of(key).Hash.ToString(),
        };
    }
}
