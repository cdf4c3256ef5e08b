using System.Buffers.Binary;
using System.Security.Cryptography;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Registration.Issuing;

/// <summary>
/// Nonces for proofs of possession. The service remembers none of them: a nonce is 16 random bytes, its end as Unix
/// seconds, and the service's own HMAC-SHA256 over both.
/// </summary>
internal sealed class Challenges(byte[] key, IRandomSource random, TimeProvider time)
{
    public const int KeySize = 32;
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int RandomSize = 16;
    private const int SignedSize = RandomSize + sizeof(long);
    private const int Size = SignedSize + HMACSHA256.HashSizeInBytes;

    public RegistrationMessages.Challenge Issue()
    {
        var expires = time.GetUtcNow() + Lifetime;
        var nonce = new byte[Size];
        random.Fill(nonce.AsSpan(0, RandomSize));
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(RandomSize), expires.ToUnixTimeSeconds());
        HMACSHA256.HashData(key, nonce.AsSpan(0, SignedSize), nonce.AsSpan(SignedSize));
        return new RegistrationMessages.Challenge(Base64Url.Encode(nonce), DateTimeOffset.FromUnixTimeSeconds(expires.ToUnixTimeSeconds()));
    }

    /// <summary>True when this service made the nonce, at most five minutes ago.</summary>
    public bool IsFresh(ReadOnlySpan<byte> nonce)
    {
        if (nonce.Length != Size)
            return false;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, nonce[..SignedSize], expected);
        return CryptographicOperations.FixedTimeEquals(expected, nonce[SignedSize..])
            && time.GetUtcNow().ToUnixTimeSeconds() <= BinaryPrimitives.ReadInt64BigEndian(nonce[RandomSize..]);
    }
}
