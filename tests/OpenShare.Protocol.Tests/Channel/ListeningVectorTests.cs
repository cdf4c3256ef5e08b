using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Channel;

/// <summary>tests/vectors/listening.json: where the side that dialled takes connections itself.</summary>
public sealed class ListeningVectorTests
{
    private const string File = "listening.json";

    [Fact]
    public void Listening_vector_is_reproduced() => VectorFile.Check(File, new JsonObject
    {
        ["description"] = "Control message by which the side that dialled says that it takes connections at TCP port 4747 of the address that it came from. The plaintext of its record.",
        ["port"] = 4747,
        ["listening"] = VectorFile.Hex(new Control { Listening = new Listening { Port = 4747 } }.ToByteArray()),
    });

    [Fact]
    public void Listening_vector_follows_from_its_inputs_by_other_means() =>
        Assert.Equal(VectorFile.Read(File).Text("listening"), VectorFile.Hex(RawProto.Blob(23, [.. RawProto.Number(1, 4747)])));
}
