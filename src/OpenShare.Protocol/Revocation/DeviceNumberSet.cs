using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Revocation;

/// <summary>
/// A set of device numbers, sparse among all that there are. It stays in memory as it travels, coded, with an index to every
/// <see cref="Stride"/>th: a million take little more than a megabyte, and each question decodes a few dozen.
/// </summary>
public sealed class DeviceNumberSet
{
    /// <summary>No device has a larger number.</summary>
    public const ulong Largest = long.MaxValue;

    private const int Stride = 64;

    public static readonly DeviceNumberSet Empty = Of([]);

    private readonly int _rice;
    private readonly ByteString _gaps;

    // Of each stretch of the code: the number before it, and the bit where it begins.
    private readonly ulong[] _before;
    private readonly int[] _at;

    private DeviceNumberSet(DeviceNumbers coded)
    {
        (Count, _rice, _gaps) = ((int)coded.Count, (int)coded.Rice, coded.Gaps);
        (_before, _at) = (new ulong[(Count + Stride - 1) / Stride], new int[(Count + Stride - 1) / Stride]);
        var reader = new RiceCode.Reader(_gaps.Span, _rice);
        var number = 0UL;
        for (var i = 0; i < Count; i++)
        {
            if (i % Stride == 0)
                (_before[i / Stride], _at[i / Stride]) = (number, (int)reader.At);
            number += reader.Read() + 1;
            if (number > Largest)
                throw new ProtocolException("These device numbers are larger than any device's.");
        }
        var left = 8L * _gaps.Length - reader.At;
        if (left >= 8 || (left > 0 && _gaps[^1] >> (int)(8 - left) != 0))
            throw new ProtocolException("These device numbers have something behind them.");
    }

    public int Count { get; }

    /// <param name="numbers">from 1 on, in any order; one that comes twice is in it once</param>
    public static DeviceNumberSet Of(IEnumerable<ulong> numbers)
    {
        ulong[] sorted = [.. numbers];
        Array.Sort(sorted);
        if (sorted.Length > 0 && sorted[0] == 0)
            throw new ArgumentException("No device has the number 0.", nameof(numbers));
        return Read(Code(sorted));
    }

    /// <summary>Reads a set.</summary>
    /// <exception cref="ProtocolException">cut off, or of another count than it says</exception>
    public static DeviceNumberSet Read(DeviceNumbers coded)
    {
        if (coded.Rice > RiceCode.MostRice)
            throw new ProtocolException($"These device numbers are coded with parameter {coded.Rice}; the largest is {RiceCode.MostRice}.");
        // Each takes that many bits at least. Asked before room is made for them.
        if (coded.Gaps.Length > Limits.RevocationList || coded.Count > 8L * coded.Gaps.Length / (coded.Rice + 1))
            throw new ProtocolException($"These device numbers say that they are {coded.Count}, which is more than their {coded.Gaps.Length} bytes hold.");
        return new DeviceNumberSet(coded);
    }

    public DeviceNumbers ToWire() => new() { Count = (uint)Count, Rice = (uint)_rice, Gaps = _gaps };

    public bool Contains(ulong number)
    {
        var stretch = Array.BinarySearch(_before, number);
        if (stretch >= 0)
            return number != 0;
        if ((stretch = ~stretch - 1) < 0)
            return false;
        var reader = new RiceCode.Reader(_gaps.Span, _rice, _at[stretch]);
        var (current, left) = (_before[stretch], Math.Min(Stride, Count - stretch * Stride));
        while (current < number && left-- > 0)
            current += reader.Read() + 1;
        return current == number;
    }

    /// <summary>The numbers, ascending.</summary>
    public ulong[] ToArray()
    {
        var numbers = new ulong[Count];
        var reader = new RiceCode.Reader(_gaps.Span, _rice);
        for (var i = 0; i < Count; i++)
            numbers[i] = (i == 0 ? 0 : numbers[i - 1]) + reader.Read() + 1;
        return numbers;
    }

    /// <summary>The numbers that are in this set or in the other, and not in both.</summary>
    /// <param name="rice">to be coded with</param>
    internal DeviceNumberSet ChangedBy(DeviceNumberSet changes, int rice)
    {
        ulong[] changed = changes.ToArray();
        var numbers = new ulong[Count + changed.Length];
        var reader = new RiceCode.Reader(_gaps.Span, _rice);
        var (count, at, number) = (0, 0, 0UL);
        for (var i = 0; i < Count; i++)
        {
            number += reader.Read() + 1;
            while (at < changed.Length && changed[at] < number)
                numbers[count++] = changed[at++];
            if (at < changed.Length && changed[at] == number)
                at++;
            else
                numbers[count++] = number;
        }
        while (at < changed.Length)
            numbers[count++] = changed[at++];
        return Read(Code(numbers.AsSpan(0, count), rice));
    }

    private static DeviceNumbers Code(ReadOnlySpan<ulong> sorted)
    {
        var (count, last) = (0UL, 0UL);
        foreach (var number in sorted)
        {
            if (number > last)
                (count, last) = (count + 1, number);
        }
        return Code(sorted, RiceCode.For(count == 0 ? 0 : (last - count) / count));
    }

    private static DeviceNumbers Code(ReadOnlySpan<ulong> sorted, int rice)
    {
        var writer = new RiceCode.Writer(rice);
        var (count, last) = (0u, 0UL);
        foreach (var number in sorted)
        {
            if (number <= last)
                continue;
            writer.Write(number - last - 1);
            (count, last) = (count + 1, number);
        }
        return new DeviceNumbers { Count = count, Rice = (uint)rice, Gaps = ByteString.CopyFrom(writer.ToBytes()) };
    }
}
