using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Revocation;

public sealed class RevocationListVectorTests
{
    private const string File = "revocation-list.json";
    private const string OfBefore = "revocation-list-entries.json";

    [Fact]
    public void Revocation_list_vector_is_reproduced() => Check(File, Build());

    [Fact]
    public void Revocation_list_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        var (bits, before, rice) = ("", 0UL, (int)vector["rice"]!.GetValue<uint>());
        foreach (var number in inputs["numbers"]!.AsArray().Select(n => n!.GetValue<ulong>()))
        {
            var gap = number - before - 1;
            bits += new string('0', (int)(gap >> rice)) + "1" + string.Concat(Enumerable.Range(0, rice).Select(bit => (gap >> bit & 1) == 1 ? '1' : '0'));
            before = number;
        }
        byte[] gaps = [.. bits.Chunk(8).Select(octet => (byte)octet.Select((bit, at) => bit == '1' ? 1 << at : 0).Sum())];
        byte[] payload = [
            .. RawProto.Number(1, Number(inputs, "crl_version")), .. RawProto.Number(2, Number(inputs, "now")),
            .. RawProto.Number(3, Number(inputs, "next_update")), .. RawProto.Number(4, 2),
            .. RawProto.Blob(6, [.. RawProto.Number(1, (ulong)inputs["numbers"]!.AsArray().Count), .. RawProto.Number(2, (ulong)rice), .. RawProto.Blob(3, gaps)]),
            .. inputs["device_ids"]!.AsArray().SelectMany(id => RawProto.Blob(7, Convert.FromHexString(id!.GetValue<string>())))];

        Assert.Equal(vector.Text("gaps"), Hex(gaps));
        IsSigned(vector, payload);
    }

    [Fact]
    public void The_list_in_the_vector_reads_and_revokes()
    {
        var vector = Read(File);
        var list = RevocationList.Parse(vector.Text("text"), new Organisation().Trust);
        var ids = vector["inputs"]!["device_ids"]!.AsArray().Select(id => DeviceId.Parse(id!.GetValue<string>())).ToList();

        Assert.Equal((3UL, 5), (list.Version, list.Count));
        Assert.All(vector["inputs"]!["numbers"]!.AsArray(), number => Assert.True(list.Names(default, number!.GetValue<ulong>())));
        Assert.All(ids, id => Assert.True(list.Names(id, 0)));
        Assert.False(list.Names(default, 12) || list.Names(default, 0));
    }

    [Fact]
    public void The_vector_of_before_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(OfBefore);
        var inputs = vector["inputs"]!;
        IsSigned(vector, [
            .. RawProto.Number(1, Number(inputs, "crl_version")), .. RawProto.Number(2, Number(inputs, "now")),
            .. RawProto.Number(3, Number(inputs, "next_update")), .. RawProto.Number(4, 1),
            .. inputs["entries"]!.AsArray().SelectMany(entry => RawProto.Blob(5, [
                .. RawProto.Number(1, Number(entry!, "device_no")), .. RawProto.Blob(2, entry!.Bytes("device_id")),
                .. RawProto.Number(3, Number(entry!, "revoked_at")), .. RawProto.Text(4, entry!.Text("reason"))]))]);
    }

    [Fact]
    public void The_list_in_the_vector_of_before_reads_and_revokes()
    {
        var vector = Read(OfBefore);
        var list = RevocationList.Parse(vector.Text("text"), new Organisation().Trust);

        Assert.Equal((3UL, 2), (list.Version, list.Count));
        Assert.All(vector["inputs"]!["entries"]!.AsArray(), entry => Assert.True(list.Names(DeviceId.Parse(entry!.Text("device_id")), 0)));
        Assert.False(list.Revokes(new Organisation().Device(12).Certificate));
    }

    private static void IsSigned(JsonNode vector, byte[] payload)
    {
        Assert.Equal(vector.Text("payload"), Hex(payload));
        Assert.Equal(vector.Text("signed_bytes"), Hex([.. Encoding.ASCII.GetBytes("openshare/crl/v1"), 0, .. payload]));
        Assert.Equal(vector.Text("blob"), Hex(RawProto.Signed(payload, vector.Text("crl_key_id"), vector.Bytes("signature"))));
    }

    private static ulong Number(JsonNode node, string field) => node[field]!.GetValue<ulong>();

    private static JsonObject Build()
    {
        var organisation = new Organisation();
        ulong[] numbers = [10, 11, 1_000, 70_000];
        DeviceId[] ids = [organisation.Device(12).Certificate.DeviceId];
        var now = Organisation.Now;
        var list = RevocationList.Create(organisation.Revocation, 3, now, now.AddDays(7), numbers, ids);
        var coded = RevocationListPayload.Parser.ParseFrom(list.Blob.Payload).Numbers;
        return new JsonObject
        {
            ["description"] = "A revocation list in encoding 2 (numbers), signed by the trust root's CRL key. Lists are ordered by (crl_version, issued_at).",
            ["context"] = SignatureContext.RevocationList.Text,
            ["inputs"] = new JsonObject
            {
                ["crl_seed"] = Hex(Organisation.Seed(0, 3)),
                ["crl_version"] = list.Version,
                ["now"] = now.ToUnixTimeSeconds(),
                ["next_update"] = list.NextUpdate.ToUnixTimeSeconds(),
                ["numbers"] = new JsonArray([.. numbers.Select(n => JsonValue.Create(n))]),
                ["device_ids"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id.ToString()))]),
            },
            ["crl_public_key"] = Hex(organisation.Revocation.PublicKey.Bytes),
            ["crl_key_id"] = organisation.Revocation.PublicKey.KeyId,
            ["rice"] = coded.Rice,
            ["gaps"] = Hex(coded.Gaps.Span),
            ["payload"] = Hex(list.Blob.Payload.Span),
            ["signed_bytes"] = Hex(SignatureContext.RevocationList.SignedBytes(list.Blob.Payload.Span)),
            ["signature"] = Hex(list.Blob.Signature.Span),
            ["blob"] = Hex(list.Blob.ToByteArray()),
            ["text"] = list.Blob.ToText(),
        };
    }
}
