using System.Buffers.Binary;
using System.Text;

namespace OpenShare.Desktop.Linux.Bus;

/// <summary>Reads what <see cref="BusWriter"/> writes, of either byte order. A variant is given as what is in it.</summary>
/// <exception cref="FormatException">it is not what its signature says</exception>
internal ref struct BusReader(ReadOnlySpan<byte> bytes, bool isBigEndian)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    private int _at = 0;

    private int _depth = 0;

    internal object[] Read(string signature)
    {
        var values = new List<object>();
        foreach (var type in BusSignature.Parts(signature))
            values.Add(ReadOne(type));
        return [.. values];
    }

    private object ReadOne(string type)
    {
        Align(BusSignature.Alignment(type[0]));
        switch (type[0])
        {
            case 'y': return Take(1)[0];
            case 'b': return UInt32() != 0;
            case 'n': return unchecked((short)UInt16());
            case 'q': return UInt16();
            case 'i': return unchecked((int)UInt32());
            case 'u' or 'h': return UInt32();
            case 'x': return unchecked((long)UInt64());
            case 't': return UInt64();
            case 'd': return BitConverter.UInt64BitsToDouble(UInt64());
            case 's' or 'o': return Text(UInt32());
            case 'g': return Text(Take(1)[0]);
            case 'a': return Array(type[1..]);
            default:
                // A variant within a variant may go on as long as the message does.
                if (++_depth > 64)
                    throw new FormatException("It is nested too deeply.");
                object value = type[0] == 'v' ? Variant() : Read(type[1..^1]);
                _depth--;
                return value;
        }
    }

    private object Variant()
    {
        var signature = Text(Take(1)[0]);
        return BusSignature.End(signature, 0) == signature.Length ? ReadOne(signature) : throw new FormatException("A variant is one value.");
    }

    private object Array(string element)
    {
        var length = UInt32();
        Align(BusSignature.Alignment(element[0]));
        if (length > _bytes.Length - _at)
            throw new FormatException("An array ends after its message.");
        if (element == "y")
            return Take(length).ToArray();
        var items = new List<object>();
        for (var end = _at + (int)length; _at < end;)
            items.Add(ReadOne(element));
        return items.ToArray();
    }

    private string Text(uint length)
    {
        var text = Encoding.UTF8.GetString(Take(length));
        Take(1);
        return text;
    }

    private ushort UInt16() => isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(Take(2)) : BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    private uint UInt32() => isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(Take(4)) : BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private ulong UInt64() => isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(Take(8)) : BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    private void Align(int to) => Take((uint)((to - _at % to) % to));

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > _bytes.Length - _at)
            throw new FormatException("It ends too early.");
        _at += (int)count;
        return _bytes.Slice(_at - (int)count, (int)count);
    }
}
