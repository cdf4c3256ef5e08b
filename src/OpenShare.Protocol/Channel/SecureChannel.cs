using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Channel;

/// <summary>Record protection of one stream, both directions. One sealer and one opener at a time each.</summary>
public sealed class SecureChannel : IDisposable
{
    private readonly RecordKey _sending;
    private readonly RecordKey _receiving;
    private bool _broken;

    private SecureChannel(RecordKey sending, RecordKey receiving)
    {
        _sending = sending;
        _receiving = receiving;
    }

    /// <summary>Takes both keys over.</summary>
    internal static SecureChannel Create(HandshakeRole role, byte[] initiatorKey, byte[] responderKey, RekeyVolume? volume = null)
    {
        var initiator = new RecordKey(initiatorKey, volume);
        var responder = new RecordKey(responderKey, volume);
        return role == HandshakeRole.Initiator ? new SecureChannel(initiator, responder) : new SecureChannel(responder, initiator);
    }

    /// <summary>Seals a record in place.</summary>
    /// <param name="record">4 bytes for the header, the plaintext, 16 bytes for the tag</param>
    public void Seal(RecordType type, Span<byte> record)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(record.Length, RecordHeader.Overhead);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(record.Length, RecordHeader.Overhead + Limits.RecordPlaintext);
        new RecordHeader(type, record.Length - RecordHeader.Size).Write(record);
        _sending.Seal(record[..RecordHeader.Size], record[RecordHeader.Size..^RecordHeader.TagSize], record[^RecordHeader.TagSize..]);
    }

    /// <summary>Opens a whole record in place; the plaintext then lies between header and tag.</summary>
    /// <exception cref="ProtocolException">altered, replayed, left out or out of order: nothing more is opened on this stream</exception>
    public void Open(Span<byte> record)
    {
        // A forged record uses up a counter: were the stream to go on, one could replace a record that is left out.
        if (_broken)
            throw new ProtocolException("A record arrived after one that was altered.");
        _broken = true;
        if (record.Length < RecordHeader.Overhead || RecordHeader.Read(record).SealedLength != record.Length - RecordHeader.Size)
            throw new ProtocolException("A record is not as long as its header says.");
        if (!_receiving.Open(record[..RecordHeader.Size], record[RecordHeader.Size..^RecordHeader.TagSize], record[^RecordHeader.TagSize..]))
            throw new ProtocolException("A record was altered on the way.");
        _broken = false;
    }

    public void Dispose()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }
}
