using System.Security.Cryptography;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Pairing;

/// <summary>
/// The code of a new device: 96 bits of its key's hash, so that nobody makes another key for it. Text: six groups of four
/// characters, the last six of the 24 a checksum, of an alphabet (Crockford's base 32) that survives being read aloud.
/// </summary>
public readonly record struct PairingCode
{
    /// <summary>Bytes of the hash.</summary>
    public const int Size = 12;

    private const int ChecksumSize = 3;
    private const int TextLength = (Size + ChecksumSize) * 8 / 5;
    private const int Group = 4;
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private readonly UInt128 _value;

    private PairingCode(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            _value = (_value << 8) | b;
    }

    public static PairingCode Of(PublicKey key) => new(Hash("openshare/pairing-code/v1\0"u8, key.Bytes, Size));

    /// <exception cref="ProtocolException">not 12 bytes</exception>
    public static PairingCode FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new PairingCode(bytes)
        : throw new ProtocolException($"A device's pairing code is {Size} bytes; this one has {bytes.Length}.");

    /// <summary>As a person types it: in any case, with or without the dashes, O for 0, and I or L for 1.</summary>
    /// <exception cref="ProtocolException">too short, too long, another character, or mistyped; the message says which</exception>
    public static PairingCode Parse(string text)
    {
        var characters = text.Where(c => c is not '-' && !char.IsWhiteSpace(c)).Take(TextLength + 1).ToList();
        if (characters.FirstOrDefault(c => Digit(c) < 0) is var wrong and not default(char))
            throw new ProtocolException($"A pairing code has letters and digits only; '{Printable.Shorten(wrong.ToString())}' is not of them. See it on the new device: openshare pair show");
        if (characters.Count != TextLength)
            throw new ProtocolException($"A pairing code has {TextLength} characters in groups of {Group}; this one has {(characters.Count < TextLength ? characters.Count : "more")}. See it on the new device: openshare pair show");
        var bytes = Decode(characters);
        return bytes.AsSpan(Size).SequenceEqual(Checksum(bytes.AsSpan(0, Size)))
            ? new PairingCode(bytes.AsSpan(0, Size))
            : throw new ProtocolException("This pairing code was mistyped: its checksum does not fit. Compare it with the one on the new device (openshare pair show).");
    }

    /// <returns>null: <see cref="Parse"/> throws</returns>
    public static PairingCode? TryParse(string text)
    {
        try
        {
            return Parse(text);
        }
        catch (ProtocolException)
        {
            return null;
        }
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        for (var (at, rest) = (Size - 1, _value); at >= 0; at--, rest >>= 8)
            bytes[at] = (byte)rest;
        return bytes;
    }

    public override string ToString()
    {
        var bytes = ToBytes();
        var text = Encode([.. bytes, .. Checksum(bytes)]);
        return string.Join('-', text.Chunk(Group).Select(group => new string(group)));
    }

    private static int Digit(char c) => char.ToUpperInvariant(c) switch
    {
        'O' => 0,
        'I' or 'L' => 1,
        var upper => Alphabet.IndexOf(upper, StringComparison.Ordinal),
    };

    private static byte[] Checksum(ReadOnlySpan<byte> hash) => Hash("openshare/pairing-code-check/v1\0"u8, hash, ChecksumSize);

    private static byte[] Hash(ReadOnlySpan<byte> label, ReadOnlySpan<byte> data, int size) => SHA256.HashData([.. label, .. data])[..size];

    // 15 bytes are 24 characters of five bits: no bit is left over.
    private static string Encode(byte[] bytes) =>
        string.Create(TextLength, Number(bytes), (text, number) =>
        {
            for (var at = text.Length - 1; at >= 0; at--, number >>= 5)
                text[at] = Alphabet[(int)(number & 31)];
        });

    private static byte[] Decode(IReadOnlyList<char> text)
    {
        var number = text.Aggregate(UInt128.Zero, (sum, c) => (sum << 5) | (uint)Digit(c));
        var bytes = new byte[Size + ChecksumSize];
        for (var at = bytes.Length - 1; at >= 0; at--, number >>= 8)
            bytes[at] = (byte)number;
        return bytes;
    }

    private static UInt128 Number(byte[] bytes) => bytes.Aggregate(UInt128.Zero, (sum, b) => (sum << 8) | b);
}
