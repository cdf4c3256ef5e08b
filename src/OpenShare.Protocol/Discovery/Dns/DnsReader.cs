using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Unicode;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Dns;

/// <summary>Reads a message from bytes nobody vouches for: each length is checked before it is believed.</summary>
internal ref struct DnsReader
{
    private const ushort ClassIn = 1;
    private const ushort ClassAny = 255;
    private const int QuestionMinimum = 5;
    private const int RecordMinimum = 11;
    private static readonly DnsName s_root = DnsName.Of();

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    private DnsReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    internal static DnsMessage Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > DnsLimits.Message)
            throw new ProtocolException($"A DNS message is at most {DnsLimits.Message} bytes; this one is {bytes.Length}.");
        return new DnsReader(bytes).ReadMessage();
    }

    private DnsMessage ReadMessage()
    {
        var id = ReadUInt16();
        var flags = ReadUInt16();
        var questions = ReadUInt16();
        var answers = ReadUInt16();
        var authorities = ReadUInt16();
        var additionals = ReadUInt16();
        var records = answers + authorities + additionals;
        if (questions > DnsLimits.Questions || records > DnsLimits.Records
            || (questions * QuestionMinimum) + (records * RecordMinimum) > _bytes.Length - _position)
            throw new ProtocolException($"This DNS message claims {questions} questions and {records} records, more than it can hold.");

        return new DnsMessage
        {
            Id = id,
            IsResponse = (flags & DnsFlags.Response) != 0,
            IsTruncated = (flags & DnsFlags.Truncated) != 0,
            IsPlain = (flags & DnsFlags.OpcodeAndRcode) == 0,
            Questions = ReadQuestions(questions),
            Answers = ReadRecords(answers),
            Authorities = ReadRecords(authorities),
            Additionals = ReadRecords(additionals),
        };
    }

    private ImmutableArray<DnsQuestion> ReadQuestions(int count)
    {
        var questions = ImmutableArray.CreateBuilder<DnsQuestion>(count);
        for (var i = 0; i < count; i++)
        {
            var name = ReadName();
            var type = (DnsType)ReadUInt16();
            var classAndBit = ReadUInt16();
            if ((classAndBit & ~DnsFlags.TopBit) is ClassIn or ClassAny)
                questions.Add(new DnsQuestion(name, type, (classAndBit & DnsFlags.TopBit) != 0));
        }

        return questions.ToImmutable();
    }

    private ImmutableArray<DnsRecord> ReadRecords(int count)
    {
        var records = ImmutableArray.CreateBuilder<DnsRecord>(count);
        for (var i = 0; i < count; i++)
        {
            var name = ReadName();
            var type = (DnsType)ReadUInt16();
            var classAndBit = ReadUInt16();
            var ttl = ReadUInt32();
            var end = ReadUInt16() + _position;
            if (end > _bytes.Length)
                throw new ProtocolException("A DNS record is longer than its message.");
            if ((classAndBit & ~DnsFlags.TopBit) == ClassIn)
                records.Add(new DnsRecord(name, ReadData(type, end), ttl, (classAndBit & DnsFlags.TopBit) != 0));
            else
                _position = end;
            if (_position != end)
                throw new ProtocolException($"A DNS record of type {type} does not fill its length.");
        }

        return records.ToImmutable();
    }

    private DnsData ReadData(DnsType type, int end) => type switch
    {
        DnsType.A => new DnsData.Address(new IPAddress(Take(4))),
        DnsType.Aaaa => new DnsData.Address(new IPAddress(Take(16))),
        DnsType.Ptr => new DnsData.Pointer(ReadName()),
        DnsType.Srv => new DnsData.Service(ReadUInt16(), ReadUInt16(), ReadUInt16(), ReadName()),
        DnsType.Txt => new DnsData.Text(ReadText(end)),
        DnsType.Nsec => ReadNoOthers(end),
        _ => new DnsData.Other(type, Take(end - _position).ToArray()),
    };

    // Nothing hangs on what others say so: in another form than multicast DNS has (RFC 6762 §6.1) it is carried unread.
    private DnsData ReadNoOthers(int end)
    {
        var start = _position;
        if (TryReadName(out var next) is null && _position <= end && TryReadTypes(_bytes[_position..end]) is { } types)
        {
            _position = end;
            return new DnsData.NoOthers(next, types);
        }
        _position = start;
        return new DnsData.Other(DnsType.Nsec, Take(end - start).ToArray());
    }

    private static ImmutableArray<DnsType>? TryReadTypes(ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
            return [];
        if (block.Length < 3 || block[0] != 0 || block[1] != block.Length - 2 || block[1] > DnsLimits.TypeBytes)
            return null;
        var types = ImmutableArray.CreateBuilder<DnsType>();
        for (var type = 0; type < 8 * block[1]; type++)
        {
            if ((block[2 + (type / 8)] & (DnsFlags.FirstType >> (type % 8))) != 0)
                types.Add((DnsType)type);
        }
        return types.ToImmutable();
    }

    private byte[] ReadText(int end)
    {
        var start = _position;
        while (_position < end)
            Take(ReadByte());
        if (_position > end)
            throw new ProtocolException("A string of a TXT record is longer than its record.");
        return _bytes[start..end].ToArray();
    }

    // A compression pointer (RFC 1035 §4.1.4) may only point before everything read of this name so far. Each jump
    // then goes to an earlier place than the last, so no name can loop.
    /// <returns>null: it is read; else why not</returns>
    private string? TryReadName(out DnsName name)
    {
        name = s_root;
        var labels = new List<string>();
        var length = 1;
        var at = _position;
        var earliest = _position;
        int? resume = null;
        while (true)
        {
            if (at >= _bytes.Length)
                return "A DNS name is cut short.";
            var size = _bytes[at];
            if (size == 0)
                break;
            if (size >= DnsFlags.Pointer)
            {
                if (at + 1 >= _bytes.Length)
                    return "A DNS name is cut short.";
                resume ??= at + 2;
                at = ((size & ~DnsFlags.Pointer) << 8) | _bytes[at + 1];
                if (at >= earliest)
                    return "A DNS name's compression does not point backwards.";
                earliest = at;
                continue;
            }

            length += size + 1;
            if (size > DnsLimits.Label || length > DnsLimits.Name || at + 1 + size > _bytes.Length)
                return "A DNS name is too long, or cut short.";
            var label = _bytes.Slice(at + 1, size);
            if (!Utf8.IsValid(label))
                return "A DNS name is not UTF-8 (RFC 6762 §16).";
            labels.Add(Encoding.UTF8.GetString(label));
            at += size + 1;
        }

        _position = resume ?? at + 1;
        name = DnsName.Of(labels);
        return null;
    }

    private DnsName ReadName() => TryReadName(out var name) is { } wrong ? throw new ProtocolException(wrong) : name;

    private byte ReadByte() => Take(1)[0];

    private ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    private uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _bytes.Length - _position)
            throw new ProtocolException("This DNS message is cut short.");
        var taken = _bytes.Slice(_position, count);
        _position += count;
        return taken;
    }
}
