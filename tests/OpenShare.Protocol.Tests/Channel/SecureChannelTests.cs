using FsCheck.Xunit;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Channel;

public sealed class SecureChannelTests
{
    private readonly SecureChannel _initiator = Open(HandshakeRole.Initiator);
    private readonly SecureChannel _responder = Open(HandshakeRole.Responder);

    [Fact]
    public void What_one_side_seals_the_other_opens_in_both_directions()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal($"there {i}", Opened(_responder, Sealed(_initiator, $"there {i}")));
            Assert.Equal($"back {i}", Opened(_initiator, Sealed(_responder, $"back {i}")));
        }
    }

    [Fact]
    public void Every_single_flipped_bit_is_refused()
    {
        var length = Sealed(Open(HandshakeRole.Initiator), "ten bytes.").Length;
        for (var bit = 0; bit < length * 8; bit++)
        {
            var record = Sealed(Open(HandshakeRole.Initiator), "ten bytes.");
            record[bit / 8] ^= (byte)(1 << bit % 8);
            Refused(Open(HandshakeRole.Responder), record);
        }
    }

    [Fact]
    public void A_record_cut_short_anywhere_or_made_longer_is_refused()
    {
        var record = Sealed(_initiator, "ten bytes.");
        for (var length = 0; length < record.Length; length++)
            Refused(Open(HandshakeRole.Responder), record[..length]);
        Refused(_responder, [.. record, 0]);
    }

    [Fact]
    public void A_replayed_record_is_refused()
    {
        var record = Sealed(_initiator, "pay 10");
        Opened(_responder, [.. record]);
        Refused(_responder, record);
    }

    [Fact]
    public void Records_out_of_order_are_refused()
    {
        _ = Sealed(_initiator, "first");
        Refused(_responder, Sealed(_initiator, "second"));
    }

    [Fact]
    public void A_record_of_the_other_direction_is_refused() => Refused(_initiator, Sealed(_initiator, "reflected"));

    [Fact]
    public void A_close_cannot_be_made_of_another_record()
    {
        var record = Sealed(_initiator, "");
        record[0] = (byte)RecordType.Close;
        Refused(_responder, record);
    }

    [Fact]
    public void Nothing_opens_after_a_forgery_not_even_the_record_that_would_come_next()
    {
        var replaced = Sealed(_initiator, "left out by the network");
        var next = Sealed(_initiator, "next");
        replaced[^1] ^= 1;
        Refused(_responder, replaced);
        Refused(_responder, next);
    }

    [Fact]
    public void A_header_of_an_unknown_type_or_an_impossible_length_is_refused()
    {
        Assert.Throws<ProtocolException>(() => RecordHeader.Read([0, 0, 0, 16]));
        Assert.Throws<ProtocolException>(() => RecordHeader.Read([6, 0, 0, 16]));
        Assert.Throws<ProtocolException>(() => RecordHeader.Read([1, 0, 0, 15]));
        Assert.Throws<ProtocolException>(() => RecordHeader.Read([1, 4, 0, 17]));
        Assert.Equal(Limits.RecordPlaintext + RecordHeader.TagSize, RecordHeader.Read([1, 4, 0, 16]).SealedLength);
    }

    [Fact]
    public void The_largest_record_passes_and_one_byte_more_cannot_be_sealed()
    {
        var record = new byte[Limits.RecordPlaintext + RecordHeader.Overhead];
        _initiator.Seal(RecordType.ChunkBytes, record);
        _responder.Open(record);
        Assert.Throws<ArgumentOutOfRangeException>(() => _initiator.Seal(RecordType.ChunkBytes, new byte[record.Length + 1]));
    }

    /// <summary>
    /// The reference counts keys and nonces on its own and never repeats a pair; every record must be exactly what it
    /// seals next. So the channel's pairs are the reference's, whatever the sizes and wherever the rekeys fall.
    /// </summary>
    [Property(MaxTest = 50)]
    public void No_nonce_repeats_under_a_key_however_records_and_bytes_fill_its_volume(byte recordsPerKey, byte bytesPerKey, byte[] lengths)
    {
        var volume = new RekeyVolume(recordsPerKey % 5u + 1, bytesPerKey % 40 + 1);
        using var channel = Open(HandshakeRole.Initiator, volume);
        using var other = Open(HandshakeRole.Responder, volume);
        var (key, counter, bytes) = (Key(1), 0UL, 0L);
        var used = new HashSet<string>();
        foreach (var length in lengths.Select(l => l % 20))
        {
            if (counter >= volume.Records || bytes >= volume.Bytes)
                (key, counter, bytes) = (HandshakeReference.Expand(key, "openshare/rekey/v1"), 0, 0);
            Assert.True(used.Add($"{Convert.ToHexString(key)} {counter}"));
            var expected = HandshakeReference.Record(key, counter++, (byte)RecordType.ChunkBytes, new byte[length]);
            bytes += length;

            var record = new byte[length + RecordHeader.Overhead];
            channel.Seal(RecordType.ChunkBytes, record);
            Assert.Equal(expected, record);
            other.Open(record);
        }
    }

    [Fact]
    public void A_session_opens_its_control_channel_once()
    {
        var session = SomeSession.Of(HandshakeRole.Initiator);
        using var channel = session.OpenControlChannel();
        Assert.Throws<InvalidOperationException>(() => session.OpenControlChannel());
    }

    [Property(MaxTest = 200)]
    public void Any_bytes_are_opened_or_refused_and_never_anything_else(byte[] bytes) => Refused(Open(HandshakeRole.Responder), bytes);

    private static SecureChannel Open(HandshakeRole role, RekeyVolume? volume = null) => SecureChannel.Create(role, Key(1), Key(2), volume);

    private static byte[] Key(byte value) => [.. Enumerable.Repeat(value, 32)];

    private static byte[] Sealed(SecureChannel channel, string text)
    {
        byte[] record = [.. new byte[RecordHeader.Size], .. System.Text.Encoding.ASCII.GetBytes(text), .. new byte[RecordHeader.TagSize]];
        channel.Seal(RecordType.Control, record);
        return record;
    }

    private static string Opened(SecureChannel channel, byte[] record)
    {
        channel.Open(record);
        return System.Text.Encoding.ASCII.GetString(record.AsSpan(RecordHeader.Size..^RecordHeader.TagSize));
    }

    private static void Refused(SecureChannel channel, byte[] record) => Assert.Throws<ProtocolException>(() => channel.Open(record));
}
