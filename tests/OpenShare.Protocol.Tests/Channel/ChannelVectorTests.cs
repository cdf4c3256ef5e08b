using System.Text;
using System.Text.Json.Nodes;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Channel;

public sealed class ChannelVectorTests
{
    private const string File = "channel-records.json";
    private const int RecordsPerKey = 3;

    private static readonly (RecordType Type, string Text)[] Sent = [
        (RecordType.Control, "a whole control message"), (RecordType.ControlPart, "the first part "), (RecordType.Control, "and the last"),
        (RecordType.ChunkHead, "chunks to come"), (RecordType.ChunkBytes, "their bytes"), (RecordType.ChunkBytes, ""),
        (RecordType.Control, "under the third key"), (RecordType.Close, "")];

    [Fact]
    public void Channel_records_vector_is_reproduced() => Check(File, Build());

    [Theory]
    [InlineData("initiator")]
    [InlineData("responder")]
    public void Channel_records_vector_follows_from_its_inputs_by_other_means(string direction)
    {
        var vector = Read(File);
        var key = vector["inputs"]!.Bytes($"key_{direction}");
        var number = 0;
        foreach (var record in vector["records"]!.AsArray().Where(r => r!.Text("direction") == direction))
        {
            if (number > 0 && number % RecordsPerKey == 0)
                key = HandshakeReference.Expand(key, "openshare/rekey/v1");
            var expected = HandshakeReference.Record(key, (ulong)(number % RecordsPerKey), record!["type"]!.GetValue<byte>(), record.Bytes("plaintext"));
            Assert.Equal(Hex(expected), record.Text("record"));
            Assert.Equal(Hex(key), record.Text("key"));
            number++;
        }
        Assert.Equal(Sent.Length, number);
    }

    [Fact]
    public void The_other_side_opens_the_records_of_the_vector()
    {
        var vector = Read(File);
        using var responder = Open(HandshakeRole.Responder);
        foreach (var record in vector["records"]!.AsArray().Where(r => r!.Text("direction") == "initiator"))
        {
            var bytes = record!.Bytes("record");
            responder.Open(bytes);
            Assert.Equal(record!.Text("plaintext"), Hex(bytes.AsSpan(RecordHeader.Size..^RecordHeader.TagSize)));
        }
    }

    private static SecureChannel Open(HandshakeRole role) => SecureChannel.Create(role, Key(0x01), Key(0x02), new RekeyVolume(RecordsPerKey, long.MaxValue));

    private static byte[] Key(byte value) => [.. Enumerable.Repeat(value, 32)];

    private static JsonObject Build()
    {
        using var initiator = Open(HandshakeRole.Initiator);
        using var responder = Open(HandshakeRole.Responder);
        return new JsonObject
        {
            ["description"] = "Records of both directions. A record: type, length of ciphertext and tag (24 bits, big-endian), ciphertext, tag; the first four bytes are the associated data. "
                + "The nonce is counter as 96 bits, big-endian. Here each key serves 3 records (in life 2^32 records or 2^36 bytes of plaintext): then HKDF-Expand(key, \"openshare/rekey/v1\", 32) follows and the counter is 0 again.",
            ["inputs"] = new JsonObject { ["key_initiator"] = Hex(Key(0x01)), ["key_responder"] = Hex(Key(0x02)), ["records_per_key"] = RecordsPerKey },
            ["records"] = new JsonArray([.. Records(initiator, "initiator", Key(0x01)), .. Records(responder, "responder", Key(0x02))]),
        };
    }

    private static IEnumerable<JsonNode> Records(SecureChannel channel, string direction, byte[] key)
    {
        for (var number = 0; number < Sent.Length; number++)
        {
            if (number > 0 && number % RecordsPerKey == 0)
                key = HandshakeReference.Expand(key, "openshare/rekey/v1");
            var text = Encoding.ASCII.GetBytes(Sent[number].Text);
            byte[] record = [.. new byte[RecordHeader.Size], .. text, .. new byte[RecordHeader.TagSize]];
            channel.Seal(Sent[number].Type, record);
            yield return new JsonObject
            {
                ["direction"] = direction,
                ["type"] = (byte)Sent[number].Type,
                ["key"] = Hex(key),
                ["counter"] = number % RecordsPerKey,
                ["plaintext"] = Hex(text),
                ["record"] = Hex(record),
            };
        }
    }
}
