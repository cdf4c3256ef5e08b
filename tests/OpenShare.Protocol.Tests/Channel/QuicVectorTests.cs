using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Channel;

/// <summary>tests/vectors/quic.json: what is said of QUIC, and a join that is bound to the keys of its TLS.</summary>
public sealed class QuicVectorTests
{
    private const string File = "quic.json";
    private const uint StreamId = 5;
    private static readonly byte[] NonceI = [.. Enumerable.Range(0x10, 32).Select(b => (byte)b)];
    private static readonly byte[] NonceR = [.. Enumerable.Range(0x30, 32).Select(b => (byte)b)];
    private static readonly byte[] Binding = [.. Enumerable.Range(0x80, 64).Select(b => (byte)b)];
    private static readonly byte[] Transfer = [.. Enumerable.Range(0x50, 16).Select(b => (byte)b)];

    [Fact]
    public void Quic_vector_is_reproduced()
    {
        var (initiator, responder) = (SomeSession.Of(HandshakeRole.Initiator), SomeSession.Of(HandshakeRole.Responder));
        var join = StreamJoin.Request(initiator, StreamId, new ScriptedRandom(NonceI), Binding);
        var (answer, _) = StreamJoin.Accept(responder, join, new ScriptedRandom(NonceR), Binding);
        VectorFile.Check(File, new JsonObject
        {
            ["description"] = "Control messages about QUIC, as the plaintexts of their records: streams may join at UDP port 4747, and four are wanted by QUIC. "
                + "And the MACs of a join whose line has this binding: as in stream-join.json, with the binding after nonce_r.",
            ["port"] = 4747,
            ["offer"] = VectorFile.Hex(new Control { QuicOffer = new QuicOffer { Port = 4747 } }.ToByteArray()),
            ["transfer_id"] = VectorFile.Hex(Transfer),
            ["streams_wanted"] = VectorFile.Hex(new Control
            {
                StreamsWanted = new StreamsWanted { TransferId = ByteString.CopyFrom(Transfer), Count = 4, Carrier = StreamCarrier.Quic },
            }.ToByteArray()),
            ["stream_id"] = StreamId,
            ["nonce_i"] = VectorFile.Hex(NonceI),
            ["nonce_r"] = VectorFile.Hex(NonceR),
            ["binding"] = VectorFile.Hex(Binding),
            ["mac_initiator"] = VectorFile.Hex(join.Mac.Span),
            ["mac_responder"] = VectorFile.Hex(answer.Mac.Span),
        });
    }

    [Fact]
    public void Quic_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = VectorFile.Read(File);
        Assert.Equal(vector.Text("offer"), VectorFile.Hex(RawProto.Blob(9, [.. RawProto.Number(1, 4747)])));
        Assert.Equal(vector.Text("streams_wanted"), VectorFile.Hex(RawProto.Blob(5, [.. RawProto.Blob(1, Transfer), .. RawProto.Number(2, 4), .. RawProto.Number(3, 1)])));
        Assert.Equal(vector.Text("mac_initiator"), VectorFile.Hex(Mac("join initiator", [])));
        Assert.Equal(vector.Text("mac_responder"), VectorFile.Hex(Mac("join responder", NonceR)));
    }

    private static byte[] Mac(string label, byte[] nonceR) => System.Security.Cryptography.HMACSHA256.HashData(
        System.Security.Cryptography.HKDF.Expand(System.Security.Cryptography.HashAlgorithmName.SHA256, SomeSession.JoinSecret, 32, [
            .. System.Text.Encoding.ASCII.GetBytes("openshare/join/v1 " + label), 0, .. SomeSession.Id, 0, 0, 0, (byte)StreamId, .. NonceI, .. nonceR, .. Binding]),
        "openshare/join/v1"u8);
}
