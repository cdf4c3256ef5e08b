using System.Text.Json.Nodes;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Revocation;

public sealed class RevocationDeltaVectorTests
{
    private const string File = "revocation-delta.json";

    [Fact]
    public void Revocation_delta_vector_is_reproduced() => Check(File, Build());

    [Fact]
    public void The_delta_in_the_vector_makes_the_list_beside_it()
    {
        var (vector, trust) = (Read(File), new Organisation().Trust);
        var made = RevocationDelta.Parse(vector.Text("text")).ApplyTo(RevocationList.Parse(vector.Text("held"), trust), trust);

        Assert.Equal(vector.Text("list"), made.Blob.ToText());
        Assert.True(made.Names(default, 12) && made.Names(default, 70_000) && !made.Names(default, 11));
    }

    [Fact]
    public void Revocation_delta_vector_is_the_list_without_its_numbers_by_other_means()
    {
        var vector = Read(File);
        var list = Wire.Signed.Parser.ParseFrom(Base64Url.Decode(vector.Text("list"), "list"));
        // crl_version, the times, the encoding, and of the numbers the parameter alone.
        byte[] payload = [
            .. RawProto.Number(1, 4), .. RawProto.Number(2, 1_780_000_060), .. RawProto.Number(3, 1_780_604_860), .. RawProto.Number(4, 2),
            .. RawProto.Blob(6, RawProto.Number(2, vector["rice"]!.GetValue<uint>()))];
        // 11 and 12 are the gaps 10 and 0, with parameter 2: 001 01 and 1 00.
        byte[] changes = [.. RawProto.Number(1, 2), .. RawProto.Number(2, 2), .. RawProto.Blob(3, [0b0011_0100])];
        byte[] delta = [
            .. RawProto.Number(1, 3), .. RawProto.Blob(2, changes),
            .. RawProto.Blob(3, RawProto.Signed(payload, list.KeyId, list.Signature.Span))];

        Assert.Equal(vector.Text("delta"), Hex(delta));
        Assert.Equal(vector.Text("text"), RawProto.Base64Url(delta));
    }

    private static JsonObject Build()
    {
        var organisation = new Organisation();
        var now = Organisation.Now;
        var held = RevocationList.Create(organisation.Revocation, 3, now, now.AddDays(7), [10, 11, 70_000]);
        var list = RevocationList.Create(organisation.Revocation, 4, now.AddMinutes(1), now.AddDays(7).AddMinutes(1), [10, 12, 70_000]);
        var delta = RevocationDelta.Between(3, [11, 12], list);
        return new JsonObject
        {
            ["description"] = "What makes revocation list 4, of devices 10, 12 and 70000, of list 3, of 10, 11 and 70000: the numbers that are in one of the two alone, and list 4 without its numbers, with the signature over the whole of it.",
            ["held"] = held.Blob.ToText(),
            ["list"] = list.Blob.ToText(),
            ["rice"] = Wire.RevocationListPayload.Parser.ParseFrom(list.Blob.Payload).Numbers.Rice,
            ["changes"] = new JsonArray(11, 12),
            ["delta"] = Hex(delta.ToBytes()),
            ["text"] = delta.ToText(),
        };
    }
}
