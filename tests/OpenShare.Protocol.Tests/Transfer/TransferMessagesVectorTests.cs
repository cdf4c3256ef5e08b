using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;
using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;

namespace OpenShare.Protocol.Tests.Transfer;

/// <summary>What the two sides of a transfer say to each other beside pages, notices and receipts, which have files of their own.</summary>
public sealed class TransferMessagesVectorTests
{
    private const string File = "transfer-messages.json";

    private static readonly byte[] Id = Some.Transfer.ToBytes();

    private static readonly (string Name, Control Message, int Field, byte[] Others)[] All =
    [
        ("accepted", TransferMessages.Answer(Some.Transfer, Answer.Accepted, ""), 11, RawProto.Number(2, 1)),
        ("declined", TransferMessages.Answer(Some.Transfer, Answer.Declined, "no"), 11, [.. RawProto.Number(2, 2), .. RawProto.Blob(3, "no"u8.ToArray())]),
        ("asked", TransferMessages.Answer(Some.Transfer, Answer.Asked, ""), 11, RawProto.Number(2, 4)),
        ("missing", TransferMessages.Missing(Some.Transfer, 3, [new(48, 2), new(60, 1)]), 12,
            [.. RawProto.Number(2, 3), .. RawProto.Blob(3, Range(48, 2)), .. RawProto.Blob(3, Range(60, 1))]),
        ("acknowledged", TransferMessages.Acknowledged(Some.Transfer, [new(1, 300)]), 13, RawProto.Blob(2, Range(1, 300))),
        ("refused", TransferMessages.Refused(Some.Transfer, 300), 14, RawProto.Number(2, 300)),
        ("confirmed", TransferMessages.Confirmed(Some.Transfer), 17, []),
        ("cancelled", TransferMessages.Cancelled(Some.Transfer, "enough"), 18, RawProto.Blob(2, "enough"u8.ToArray())),
        ("resumed", TransferMessages.Resumed(Some.Transfer, Some.Manifest), 19, RawProto.Blob(2, Some.Manifest.ToBytes())),
        ("wanted", TransferMessages.Wanted(Some.Transfer, 2), 20, RawProto.Number(2, 2)),
        ("paused", TransferMessages.Paused(Some.Transfer, isPaused: true), 21, RawProto.Number(2, 1)),
        ("unpaused", TransferMessages.Paused(Some.Transfer, isPaused: false), 21, []),
        ("stalled", TransferMessages.Stalled(Some.Transfer, "full"), 22, [.. RawProto.Number(2, 1), .. RawProto.Blob(3, "full"u8.ToArray())]),
        ("unstalled", TransferMessages.Stalled(Some.Transfer, null), 22, []),
    ];

    [Fact]
    public void Transfer_messages_vector_is_reproduced()
    {
        var vector = new JsonObject
        {
            ["description"] = "Control messages of a transfer, the plaintexts of their records: chunks 48, 49 and 60 of page 3 are missing, 1 to 300 acknowledged, 300 refused; page 2 is wanted.",
            ["transfer_id"] = VectorFile.Hex(Id),
            ["manifest_id"] = VectorFile.Hex(Some.Manifest.ToBytes()),
        };
        foreach (var (name, message, _, _) in All)
            vector[name] = VectorFile.Hex(message.ToByteArray());
        VectorFile.Check(File, vector);
    }

    [Fact]
    public void Transfer_messages_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = VectorFile.Read(File);
        foreach (var (name, _, field, others) in All)
            Assert.Equal(vector.Text(name), VectorFile.Hex(RawProto.Blob(field, [.. RawProto.Blob(1, Id), .. others])));
    }

    private static byte[] Range(ulong first, ulong count) => [.. RawProto.Number(1, first), .. RawProto.Number(2, count)];
}
