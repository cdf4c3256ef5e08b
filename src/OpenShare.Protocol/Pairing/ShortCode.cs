using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Pairing;

/// <summary>
/// Six digits that both screens show, for persons to compare. The new device commits to its number before it sees the
/// sponsor's, so nobody between the two can try until two different sessions show the same: one guess, one in a million.
/// </summary>
public readonly record struct ShortCode
{
    /// <summary>Bytes of each side's random number.</summary>
    public const int NumberSize = 32;

    private const int Codes = 1_000_000;

    private readonly int _value;

    private ShortCode(int value) => _value = value;

    internal static byte[] NewNumber(IRandomSource random) => random.Bytes(NumberSize);

    /// <returns>32 bytes: SHA-256 of a label, the session's id and the number</returns>
    internal static byte[] Commit(SessionId session, ReadOnlySpan<byte> number) =>
        SHA256.HashData([.. "openshare/short-code-commitment/v1\0"u8, .. session.ToBytes(), .. number]);

    /// <param name="session">derived from both hellos and both certificates: another between the two makes two of it</param>
    /// <param name="ofNew">the new device's number, <see cref="NumberSize"/> bytes</param>
    /// <param name="ofSponsor">the sponsor's, as many</param>
    internal static ShortCode Of(SessionId session, ReadOnlySpan<byte> ofNew, ReadOnlySpan<byte> ofSponsor)
    {
        var hash = SHA256.HashData([.. "openshare/short-code/v1\0"u8, .. session.ToBytes(), .. ofNew, .. ofSponsor]);
        return new((int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % Codes));
    }

    /// <summary>As it is read aloud: 123 456.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_value / 1000:000} {_value % 1000:000}");
}
