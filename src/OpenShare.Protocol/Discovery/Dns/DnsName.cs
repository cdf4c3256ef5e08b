using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Dns;

/// <summary>
/// A domain name as its labels, which in multicast DNS are UTF-8 and may hold dots and spaces (RFC 6762 §16). Two
/// names are equal when they differ in the case of ASCII letters only; their order is total and means nothing.
/// </summary>
public sealed class DnsName : IEquatable<DnsName>, IComparable<DnsName>
{
    // Each label in lower case after its length, so that no two names share a key.
    private readonly string _key;
    private readonly int _hash;
    private string? _text;
    private string[]? _rests;

    private DnsName(ImmutableArray<string> labels, int wireLength)
    {
        Labels = labels;
        WireLength = wireLength;
        var key = new StringBuilder();
        foreach (var label in labels)
        {
            key.Append((char)label.Length);
            foreach (var c in label)
                key.Append(char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c);
        }

        _key = key.ToString();
        _hash = _key.GetHashCode(StringComparison.Ordinal);
    }

    public ImmutableArray<string> Labels { get; }

    /// <summary>This name from each of its labels on, in its exact case, each label after its length: no two rests are written alike.</summary>
    internal IReadOnlyList<string> Rests => _rests ??= [.. Labels.Select((_, i) => string.Concat(Labels.Skip(i).Select(l => (char)l.Length + l)))];

    /// <summary>Bytes of this name uncompressed.</summary>
    public int WireLength { get; }

    /// <exception cref="ProtocolException">a label is empty or longer than 63 bytes, or the name than 255</exception>
    public static DnsName Of(params IEnumerable<string> labels)
    {
        var list = labels.ToImmutableArray();
        var length = 1;
        foreach (var label in list)
        {
            var bytes = Encoding.UTF8.GetByteCount(label);
            if (bytes is 0 or > DnsLimits.Label)
                throw new ProtocolException($"A label of a DNS name is 1 to {DnsLimits.Label} bytes; '{Printable.Shorten(label, 80)}' is {bytes}.");
            length += 1 + bytes;
        }

        if (length > DnsLimits.Name)
            throw new ProtocolException($"A DNS name is at most {DnsLimits.Name} bytes; this one is {length}.");
        return new DnsName(list, length);
    }

    /// <summary>True when this is one label followed by all of <paramref name="parent"/>: an instance of a service.</summary>
    public bool IsChildOf(DnsName parent) =>
        Labels.Length == parent.Labels.Length + 1 && _key.EndsWith(parent._key, StringComparison.Ordinal) && _key.Length == parent._key.Length + Labels[0].Length + 1;

    public bool Equals(DnsName? other) => other is not null && _hash == other._hash && _key == other._key;

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode() => _hash;

    public int CompareTo(DnsName? other) => string.CompareOrdinal(_key, other?._key);

    public static bool operator ==(DnsName? left, DnsName? right) => left is null ? right is null : left.Equals(right);
    public static bool operator !=(DnsName? left, DnsName? right) => !(left == right);
    public static bool operator <(DnsName left, DnsName right) => left.CompareTo(right) < 0;
    public static bool operator >(DnsName left, DnsName right) => left.CompareTo(right) > 0;
    public static bool operator <=(DnsName left, DnsName right) => left.CompareTo(right) <= 0;
    public static bool operator >=(DnsName left, DnsName right) => left.CompareTo(right) >= 0;

    /// <summary>Labels joined by dots. Dots, backslashes and what a terminal would obey are escaped, so that different names print differently.</summary>
    public override string ToString() => _text ??= Print();

    private string Print()
    {
        var text = new StringBuilder();
        foreach (var label in Labels)
        {
            if (text.Length > 0)
                text.Append('.');
            foreach (var c in label)
            {
                if (c is '.' or '\\')
                    text.Append('\\').Append(c);
                else if (char.IsControl(c) || Printable.Shorten(c.ToString())[0] != c)
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                else
                    text.Append(c);
            }
        }

        return text.ToString();
    }
}
