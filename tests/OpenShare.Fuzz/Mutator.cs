namespace OpenShare.Fuzz;

/// <summary>Makes new inputs of known ones: bits, bytes, numbers at their ends, parts left out, doubled, or taken from another.</summary>
internal sealed class Mutator(int seed)
{
    private const int Longest = 9_500;

    private static readonly byte[] s_ends = [0, 1, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xFF];

    private readonly Random _random = new(seed);

    internal byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        List<byte> bytes = [.. corpus[_random.Next(corpus.Count)]];
        for (var steps = 1 << _random.Next(5); steps > 0; steps--)
            Mutate(bytes, corpus);
        return [.. bytes.Take(Longest)];
    }

    private void Mutate(List<byte> bytes, IReadOnlyList<byte[]> corpus)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)_random.Next(256));
            return;
        }
        var at = _random.Next(bytes.Count);
        var length = Math.Min(bytes.Count - at, 1 + _random.Next(16));
        switch (_random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes[at] = s_ends[_random.Next(s_ends.Length)];
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                var other = corpus[_random.Next(corpus.Count)];
                var from = _random.Next(other.Length);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 64)]);
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }
}
