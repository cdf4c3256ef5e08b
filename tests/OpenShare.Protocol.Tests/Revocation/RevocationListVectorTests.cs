using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Revocation;

public sealed class RevocationListVectorTests
{
    private const string File = "revocation-list.json";

    [Fact]
    public void Revocation_list_vector_is_reproduced() => Check(File, Build());

    [Fact]
    public void Revocation_list_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        byte[] payload = [
            .. RawProto.Number(1, Number(inputs, "crl_version")), .. RawProto.Number(2, Number(inputs, "now")),
            .. RawProto.Number(3, Number(inputs, "next_update")), .. RawProto.Number(4, 1),
            .. inputs["entries"]!.AsArray().SelectMany(entry => RawProto.Blob(5, [
                .. RawProto.Number(1, Number(entry!, "device_no")), .. RawProto.Blob(2, entry!.Bytes("device_id")),
                .. RawProto.Number(3, Number(entry!, "revoked_at")), .. RawProto.Text(4, entry!.Text("reason"))]))];

        Assert.Equal(vector.Text("payload"), Hex(payload));
        Assert.Equal(vector.Text("signed_bytes"), Hex([.. Encoding.ASCII.GetBytes("openshare/crl/v1"), 0, .. payload]));
        Assert.Equal(vector.Text("blob"), Hex(RawProto.Signed(payload, vector.Text("crl_key_id"), vector.Bytes("signature"))));

        static ulong Number(JsonNode node, string field) => node[field]!.GetValue<ulong>();
    }

    [Fact]
    public void The_list_in_the_vector_reads_and_revokes()
    {
        var vector = Read(File);
        var list = RevocationList.Parse(vector.Text("text"), new Organisation().Trust);

        Assert.Equal(3UL, list.Version);
        Assert.All(vector["inputs"]!["entries"]!.AsArray(), entry => Assert.True(list.Revokes(DeviceId.Parse(entry!.Text("device_id")))));
        Assert.False(list.Revokes(new Organisation().Device(12).Certificate.DeviceId));
    }

    private static JsonObject Build()
    {
        var organisation = new Organisation();
        var revoked = new[] { organisation.Device(10).Certificate, organisation.Device(11).Certificate }.Select(Organisation.Entry).ToList();
        revoked[1].Reason = "left the company";
        var now = Organisation.Now;
        var list = RevocationList.Create(organisation.Revocation, 3, now, now.AddDays(7), revoked);
        return new JsonObject
        {
            ["description"] = "A revocation list in encoding 1 (entries), signed by the trust root's CRL key. Lists are ordered by (crl_version, issued_at).",
            ["context"] = SignatureContext.RevocationList.Text,
            ["inputs"] = new JsonObject
            {
                ["crl_seed"] = Hex(Organisation.Seed(0, 3)),
                ["crl_version"] = list.Version,
                ["now"] = now.ToUnixTimeSeconds(),
                ["next_update"] = list.NextUpdate.ToUnixTimeSeconds(),
                ["entries"] = new JsonArray([.. revoked.Select(entry => new JsonObject
                {
                    ["device_no"] = entry.DeviceNo,
                    ["device_id"] = Hex(entry.DeviceId.Span),
                    ["revoked_at"] = entry.RevokedAt,
                    ["reason"] = entry.Reason,
                })]),
            },
            ["crl_public_key"] = Hex(organisation.Revocation.PublicKey.Bytes),
            ["crl_key_id"] = organisation.Revocation.PublicKey.KeyId,
            ["payload"] = Hex(list.Blob.Payload.Span),
            ["signed_bytes"] = Hex(SignatureContext.RevocationList.SignedBytes(list.Blob.Payload.Span)),
            ["signature"] = Hex(list.Blob.Signature.Span),
            ["blob"] = Hex(list.Blob.ToByteArray()),
            ["text"] = list.Blob.ToText(),
        };
    }
}
