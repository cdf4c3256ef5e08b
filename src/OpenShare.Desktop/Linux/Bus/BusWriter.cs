using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace OpenShare.Desktop.Linux.Bus;

/// <summary>
/// Values in D-Bus's own form, little-endian. Arrays are any IEnumerable of objects (bytes: a byte[]), structures and dictionary entries an object[],
/// variants a <see cref="Variant"/>.
/// </summary>
internal sealed class BusWriter
{
    private readonly List<byte> _bytes = [];

    internal static byte[] Body(BusBody body)
    {
        var writer = new BusWriter();
        writer.Write(body.Signature, body.Values);
        return writer.ToArray();
    }

    internal byte[] ToArray() => [.. _bytes];

    internal void Write(string signature, IReadOnlyList<object> values)
    {
        var next = 0;
        foreach (var type in BusSignature.Parts(signature))
            WriteOne(type, values[next++]);
        if (next != values.Count)
            throw new FormatException($"{values.Count} values are no '{signature}'.");
    }

    internal void Align(int to)
    {
        while (_bytes.Count % to != 0)
            _bytes.Add(0);
    }

    private void WriteOne(string type, object value)
    {
        Align(BusSignature.Alignment(type[0]));
        switch (type[0])
        {
            case 'y': _bytes.Add((byte)value); break;
            case 'b': UInt32((bool)value ? 1u : 0u); break;
            case 'i': UInt32(unchecked((uint)(int)value)); break;
            case 'u': UInt32((uint)value); break;
            case 's' or 'o': Text((string)value); break;
            case 'g': Signature((string)value); break;
            case 'a': Array(type[1..], value); break;
            case '(' or '{': Write(type[1..^1], (object[])value); break;
            case 'v':
                var variant = (Variant)value;
                Signature(variant.Signature);
                WriteOne(variant.Signature, variant.Value);
                break;
            default: throw new FormatException($"'{type}' is not written here.");
        }
    }

    private void UInt32(uint value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(four, value);
        _bytes.AddRange(four);
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        UInt32((uint)bytes.Length);
        _bytes.AddRange(bytes);
        _bytes.Add(0);
    }

    private void Signature(string signature)
    {
        _bytes.Add((byte)signature.Length);
        _bytes.AddRange(Encoding.ASCII.GetBytes(signature));
        _bytes.Add(0);
    }

    private void Array(string element, object value)
    {
        var lengthAt = _bytes.Count;
        UInt32(0);
        Align(BusSignature.Alignment(element[0]));
        var start = _bytes.Count;
        if (value is byte[] bytes)
            _bytes.AddRange(bytes);
        else
            foreach (var item in (IEnumerable<object>)value)
                WriteOne(element, item);
        BinaryPrimitives.WriteUInt32LittleEndian(CollectionsMarshal.AsSpan(_bytes)[lengthAt..], (uint)(_bytes.Count - start));
    }
}
