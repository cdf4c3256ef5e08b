using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Discovery.Doctor;

public sealed class DialBackTests
{
    private const string File = "dial-back.json";

    [Fact]
    public void One_dial_at_a_time_and_no_more_than_one_in_two_seconds()
    {
        var (gate, now) = (new DialBackGate(), Healthy.Now);

        Assert.True(gate.TryBegin(now));
        Assert.False(gate.TryBegin(now + DialBackGate.Pause));
        gate.End();
        Assert.True(gate.TryBegin(now + DialBackGate.Pause));
        gate.End();
        Assert.False(gate.TryBegin(now + DialBackGate.Pause * 1.9));
        Assert.True(gate.TryBegin(now + DialBackGate.Pause * 2));
    }

    [Fact]
    public void Dial_back_vector_is_reproduced() => VectorFile.Check(File, new JsonObject
    {
        ["description"] = "Control messages by which a device asks whether the other can connect to it, at port 4747, and the answers: REACHED, NOT_REACHED, NOT_TRIED. The plaintexts of their records.",
        ["id"] = 7,
        ["port"] = 4747,
        ["wanted"] = Hex(new Control { DialBackWanted = new DialBackWanted { Id = 7, Port = 4747 } }),
        ["reached"] = Hex(Answer(DialBackAnswer.Types.Outcome.Reached)),
        ["not_reached"] = Hex(Answer(DialBackAnswer.Types.Outcome.NotReached)),
        ["not_tried"] = Hex(Answer(DialBackAnswer.Types.Outcome.NotTried)),
    });

    [Fact]
    public void Dial_back_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = VectorFile.Read(File);
        Assert.Equal(vector.Text("wanted"), VectorFile.Hex(RawProto.Blob(7, [.. RawProto.Number(1, 7), .. RawProto.Number(2, 4747)])));
        Assert.Equal(vector.Text("not_reached"), VectorFile.Hex(RawProto.Blob(8, [.. RawProto.Number(1, 7), .. RawProto.Number(2, 2)])));
    }

    private static Control Answer(DialBackAnswer.Types.Outcome outcome) => new() { DialBackAnswer = new DialBackAnswer { Id = 7, Outcome = outcome } };

    private static string Hex(Control message) => VectorFile.Hex(message.ToByteArray());
}
