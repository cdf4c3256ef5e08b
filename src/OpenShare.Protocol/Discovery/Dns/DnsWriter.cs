using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Dns;

/// <summary>
/// Writes a message. Names are compressed but for an SRV record's target, which a legacy resolver could not read
/// (RFC 6762 §18.14).
/// </summary>
internal sealed class DnsWriter
{
    private const ushort ClassIn = 1;
    private const int LastPointerTarget = 0x3FFF;

    // The longest message is long, and most are short.
    private const int Usual = 512;

    private byte[] _buffer = new byte[Usual];
    private readonly Dictionary<string, int> _written = new(StringComparer.Ordinal);
    private readonly bool _compress;
    private int _length;

    private DnsWriter(bool compress) => _compress = compress;

    /// <exception cref="ProtocolException">does not fit one message</exception>
    internal static byte[] Write(DnsMessage message)
    {
        var writer = new DnsWriter(compress: true);
        var flags = (message.IsResponse ? DnsFlags.Response | DnsFlags.Authoritative : 0) | (message.IsTruncated ? DnsFlags.Truncated : 0);
        writer.WriteUInt16(message.Id);
        writer.WriteUInt16((ushort)flags);
        writer.WriteUInt16((ushort)message.Questions.Length);
        writer.WriteUInt16((ushort)message.Answers.Length);
        writer.WriteUInt16((ushort)message.Authorities.Length);
        writer.WriteUInt16((ushort)message.Additionals.Length);
        foreach (var question in message.Questions)
            writer.WriteQuestion(question);
        foreach (var record in (ImmutableArray<DnsRecord>)[.. message.Answers, .. message.Authorities, .. message.Additionals])
            writer.WriteRecord(record);
        return writer._buffer[..writer._length];
    }

    /// <summary>A record's data uncompressed, as probes are compared (RFC 6762 §8.2).</summary>
    internal static byte[] WriteData(DnsData data)
    {
        var writer = new DnsWriter(compress: false);
        writer.WriteRecordData(data);
        return writer._buffer[..writer._length];
    }

    private void WriteQuestion(DnsQuestion question)
    {
        WriteName(question.Name, _compress);
        WriteUInt16((ushort)question.Type);
        WriteUInt16((ushort)(ClassIn | (question.WantsUnicast ? DnsFlags.TopBit : 0)));
    }

    private void WriteRecord(DnsRecord record)
    {
        WriteName(record.Name, _compress);
        WriteUInt16((ushort)record.Type);
        WriteUInt16((ushort)(ClassIn | (record.CacheFlush ? DnsFlags.TopBit : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(Space(4), record.Ttl);
        var lengthAt = _length;
        WriteUInt16(0);
        WriteRecordData(record.Data);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(lengthAt), (ushort)(_length - lengthAt - 2));
    }

    private void WriteRecordData(DnsData data)
    {
        switch (data)
        {
            case DnsData.Address address:
                WriteBytes(address.Value.GetAddressBytes());
                break;
            case DnsData.Pointer pointer:
                WriteName(pointer.Target, _compress);
                break;
            case DnsData.Service service:
                WriteUInt16(service.Priority);
                WriteUInt16(service.Weight);
                WriteUInt16(service.Port);
                WriteName(service.Target, compress: false);
                break;
            case DnsData.Text text:
                WriteBytes(text.Raw.Span);
                break;
            case DnsData.NoOthers only:
                WriteName(only.Next, _compress);
                WriteTypes(only.Types);
                break;
            case DnsData.Other other:
                WriteBytes(other.Raw.Span);
                break;
        }
    }

    // One block of the bitmap (RFC 4034 §4.1.2), up to its last byte that is not 0.
    private void WriteTypes(ImmutableArray<DnsType> types)
    {
        if (types.IsEmpty)
            return;
        var size = ((int)types[^1] / 8) + 1;
        Space(1)[0] = 0;
        Space(1)[0] = (byte)size;
        var bits = Space(size);
        bits.Clear();
        foreach (var type in types)
            bits[(int)type / 8] |= (byte)(DnsFlags.FirstType >> ((int)type % 8));
    }

    private void WriteName(DnsName name, bool compress)
    {
        for (var i = 0; i < name.Labels.Length; i++)
        {
            var rest = name.Rests[i];
            if (compress && _written.TryGetValue(rest, out var at))
            {
                WriteUInt16((ushort)((DnsFlags.Pointer << 8) | at));
                return;
            }

            if (_length <= LastPointerTarget)
                _written.TryAdd(rest, _length);
            var size = Encoding.UTF8.GetByteCount(name.Labels[i]);
            Space(1)[0] = (byte)size;
            Encoding.UTF8.GetBytes(name.Labels[i], Space(size));
        }

        Space(1)[0] = 0;
    }

    private void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Space(2), value);

    private void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Space(bytes.Length));

    private Span<byte> Space(int count)
    {
        if (count > DnsLimits.Message - _length)
            throw new ProtocolException($"This DNS message does not fit {DnsLimits.Message} bytes.");
        _length += count;
        if (_length > _buffer.Length)
            Array.Resize(ref _buffer, Math.Min(Math.Max(_length, 2 * _buffer.Length), DnsLimits.Message));
        return _buffer.AsSpan(_length - count, count);
    }
}
