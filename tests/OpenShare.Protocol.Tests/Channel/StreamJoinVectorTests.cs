using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Channel;

public sealed class StreamJoinVectorTests
{
    private const string File = "stream-join.json";
    private const uint StreamId = 0x01020304;
    private static readonly byte[] NonceI = [.. Enumerable.Range(0x10, 32).Select(b => (byte)b)];
    private static readonly byte[] NonceR = [.. Enumerable.Range(0x30, 32).Select(b => (byte)b)];

    [Fact]
    public void Stream_join_vector_is_reproduced() => Check(File, Build());

    [Fact]
    public void Stream_join_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        Assert.Equal(vector.Text("mac_initiator"), Hex(Mac("join initiator", [])));
        Assert.Equal(vector.Text("mac_responder"), Hex(Mac("join responder", NonceR)));
        var opening = RawProto.Blob(2, [
            .. RawProto.Blob(1, SomeSession.Id), .. RawProto.Number(2, StreamId), .. RawProto.Blob(3, NonceI), .. RawProto.Blob(4, Mac("join initiator", []))]);
        Assert.Equal(vector.Text("opening"), Hex(opening));
        Assert.Equal(vector.Text("answer"), Hex([.. RawProto.Blob(1, NonceR), .. RawProto.Blob(2, Mac("join responder", NonceR))]));
        foreach (var role in new[] { "initiator", "responder" })
        {
            var key = Expand($"records {role}", NonceR);
            Assert.Equal(vector.Text($"record_key_{role}"), Hex(key));
            Assert.Equal(vector.Text($"first_record_{role}"), Hex(HandshakeReference.Record(key, 0, 1, [.. "first"u8])));
        }
    }

    private static byte[] Mac(string label, byte[] nonceR) => HMACSHA256.HashData(Expand(label, nonceR), "openshare/join/v1"u8);

    private static byte[] Expand(string label, byte[] nonceR)
    {
        var stream = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(stream, StreamId);
        return HKDF.Expand(HashAlgorithmName.SHA256, SomeSession.JoinSecret, 32, [
            .. Encoding.ASCII.GetBytes("openshare/join/v1 " + label), 0, .. SomeSession.Id, .. stream, .. NonceI, .. nonceR]);
    }

    private static JsonObject Build()
    {
        var (initiator, responder) = (SomeSession.Of(HandshakeRole.Initiator), SomeSession.Of(HandshakeRole.Responder));
        var join = StreamJoin.Request(initiator, StreamId, new ScriptedRandom(NonceI));
        var (answer, channelR) = StreamJoin.Accept(responder, join, new ScriptedRandom(NonceR));
        var channelI = StreamJoin.Complete(initiator, join, answer);
        return new JsonObject
        {
            ["description"] = "A further stream joins a session. E(label, nonce_r) = HKDF-Expand(join_secret, \"openshare/join/v1 \" label, 00, session_id, stream_id (32 bits, big-endian), "
                + "nonce_i, nonce_r; 32 bytes). A MAC is HMAC-SHA256(E, \"openshare/join/v1\"), of the request with nonce_r empty. first_record: type 1, plaintext \"first\".",
            ["inputs"] = new JsonObject
            {
                ["session_id"] = Hex(SomeSession.Id),
                ["join_secret"] = Hex(SomeSession.JoinSecret),
                ["stream_id"] = StreamId,
                ["nonce_i"] = Hex(NonceI),
                ["nonce_r"] = Hex(NonceR),
            },
            ["mac_initiator"] = Hex(join.Mac.Span),
            ["opening"] = Hex(new Opening { Join = join }.ToByteArray()),
            ["mac_responder"] = Hex(answer.Mac.Span),
            ["answer"] = Hex(answer.ToByteArray()),
            ["record_key_initiator"] = Hex(Expand("records initiator", NonceR)),
            ["record_key_responder"] = Hex(Expand("records responder", NonceR)),
            ["first_record_initiator"] = First(channelI),
            ["first_record_responder"] = First(channelR),
        };

        static string First(SecureChannel channel)
        {
            byte[] record = [0, 0, 0, 0, .. "first"u8, .. new byte[16]];
            using (channel)
                channel.Seal(RecordType.Control, record);
            return Hex(record);
        }
    }
}
