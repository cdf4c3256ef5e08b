using System.Buffers.Binary;

namespace OpenShare.Desktop.Linux.Bus;

/// <summary>A whole message as bytes: the fixed header, its fields, the body.</summary>
internal static class BusWire
{
    private const int FixedHeader = 16;
    private const int Largest = 16 << 20;

    private const byte Path = 1, Interface = 2, Member = 3, ErrorName = 4, ReplySerial = 5, Destination = 6, Sender = 7, SignatureOf = 8;

    internal static byte[] Encode(BusMessage message)
    {
        var body = BusWriter.Body(message.Body);
        var fields = new List<object>();
        Add(Path, "o", message.Path);
        Add(Interface, "s", message.Interface);
        Add(Member, "s", message.Member);
        Add(ErrorName, "s", message.ErrorName);
        Add(ReplySerial, "u", message.ReplySerial);
        Add(Destination, "s", message.Destination);
        Add(SignatureOf, "g", message.Body.Signature.Length > 0 ? message.Body.Signature : null);
        var header = new BusWriter();
        header.Write("yyyyuua(yv)", [(byte)'l', (byte)message.Type, message.Flags, (byte)1, (uint)body.Length, message.Serial, fields]);
        header.Align(8);
        return [.. header.ToArray(), .. body];

        void Add(byte code, string signature, object? value)
        {
            if (value is not null)
                fields.Add(new object[] { code, new Variant(signature, value) });
        }
    }

    /// <returns>null: the other side has closed</returns>
    /// <exception cref="FormatException">it is no message</exception>
    internal static async Task<BusMessage?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var head = new byte[FixedHeader];
        if (await stream.ReadAtLeastAsync(head, FixedHeader, throwOnEndOfStream: false, cancellation) < FixedHeader)
            return null;
        var isBigEndian = head[0] == (byte)'B';
        long fields = Number(head.AsSpan(12)), padding = (8 - fields % 8) % 8, body = Number(head.AsSpan(4));
        if (fields + body > Largest)
            throw new FormatException("A message is too large.");
        var rest = new byte[fields + padding + body];
        await stream.ReadExactlyAsync(rest, cancellation);
        return Decode([.. head, .. rest], (int)(FixedHeader + fields + padding), isBigEndian);

        uint Number(ReadOnlySpan<byte> at) => isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
    }

    private static BusMessage Decode(byte[] bytes, int bodyAt, bool isBigEndian)
    {
        var header = new BusReader(bytes.AsSpan(0, bodyAt), isBigEndian).Read("yyyyuua(yv)");
        var fields = new Dictionary<byte, object>();
        foreach (var field in (object[])header[6])
            fields[(byte)((object[])field)[0]] = ((object[])field)[1];
        var signature = fields.GetValueOrDefault(SignatureOf) as string ?? "";
        return new BusMessage((BusMessageType)(byte)header[1])
        {
            Flags = (byte)header[2],
            Serial = (uint)header[5],
            ReplySerial = fields.GetValueOrDefault(ReplySerial) as uint?,
            Path = fields.GetValueOrDefault(Path) as string,
            Interface = fields.GetValueOrDefault(Interface) as string,
            Member = fields.GetValueOrDefault(Member) as string,
            ErrorName = fields.GetValueOrDefault(ErrorName) as string,
            Destination = fields.GetValueOrDefault(Destination) as string,
            Sender = fields.GetValueOrDefault(Sender) as string,
            Body = new BusBody(signature, new BusReader(bytes.AsSpan(bodyAt), isBigEndian).Read(signature)),
        };
    }
}
