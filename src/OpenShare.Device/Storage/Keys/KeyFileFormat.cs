using System.Buffers.Binary;
using System.Security.Cryptography;
using NSec.Cryptography;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Storage.Keys;

/// <summary>
/// The key file, version 1 (numbers big-endian; tests/vectors/key-file.json has one of each kind):
/// <code>
/// "openshare-key" (13 bytes)   version (1)   kind (1)
/// kind 1, plain:        seed (32)
/// kind 2, passphrase:   memory in KiB (4)   passes (4)   salt (16)   nonce (12)   sealed seed (32 + 16)
/// checksum: the first 8 bytes of SHA-256 of all that stands before
/// </code>
/// The seed is sealed by ChaCha20-Poly1305 under the Argon2id hash of the passphrase (parallelism 1, 32 bytes); all
/// that stands before it is authenticated with it. The checksum tells a damaged file from a wrong passphrase.
/// </summary>
internal static class KeyFileFormat
{
    internal const int SaltSize = 16;
    internal const int NonceSize = 12;

    private const byte Version = 1;
    private const byte Plain = 1;
    private const byte Passphrase = 2;
    private const int ChecksumSize = 8;
    private const int HeaderSize = 15;
    private const int SealedOffset = HeaderSize + 8 + SaltSize + NonceSize;
    private const int SealedSize = SigningKey.SeedSize + 16;

    // What a file from elsewhere may ask this machine to spend on opening it.
    private const uint MostMemoryKib = 1024 * 1024;
    private const uint MostPasses = 16;

    private static ReadOnlySpan<byte> Magic => "openshare-key"u8;

    internal static byte[] WritePlain(ReadOnlySpan<byte> seed)
    {
        var file = Start(Plain, HeaderSize + SigningKey.SeedSize);
        seed.CopyTo(file.AsSpan(HeaderSize));
        return Finish(file);
    }

    internal static byte[] WriteSealed(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> passphrase, KeyHardness hardness, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> nonce)
    {
        var file = Start(Passphrase, SealedOffset + SealedSize);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(HeaderSize), hardness.MemoryKib);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(HeaderSize + 4), hardness.Passes);
        salt.CopyTo(file.AsSpan(HeaderSize + 8, SaltSize));
        nonce.CopyTo(file.AsSpan(HeaderSize + 8 + SaltSize, NonceSize));
        using var key = DeriveKey(passphrase, hardness, salt);
        AeadAlgorithm.ChaCha20Poly1305.Encrypt(key, nonce, file.AsSpan(0, SealedOffset), seed, file.AsSpan(SealedOffset, SealedSize));
        return Finish(file);
    }

    internal static bool IsSealed(ReadOnlySpan<byte> file) => file.Length > HeaderSize && file[HeaderSize - 1] == Passphrase;

    /// <param name="passphrase">asked only for a file that needs it; its bytes are zeroed here</param>
    /// <returns>32 bytes, the caller's to zero</returns>
    /// <exception cref="StorageException">what is wrong, as the end of a sentence that begins with the file's name</exception>
    internal static byte[] Read(ReadOnlySpan<byte> file, Func<byte[]?> passphrase)
    {
        if (file.Length <= HeaderSize + ChecksumSize || !file.StartsWith(Magic))
            throw new StorageException("is no OpenShare key file.");
        var content = file[..^ChecksumSize];
        if (!SHA256.HashData(content).AsSpan(0, ChecksumSize).SequenceEqual(file[^ChecksumSize..]))
            throw new StorageException("is damaged. Restore it from a backup; without one, move it away and register this device anew.");
        if (file[Magic.Length] != Version)
            throw new StorageException($"is of version {file[Magic.Length]}, which this program does not know. Update OpenShare.");
        return (file[Magic.Length + 1], content.Length) switch
        {
            (Plain, HeaderSize + SigningKey.SeedSize) => content[HeaderSize..].ToArray(),
            (Passphrase, SealedOffset + SealedSize) => Open(content, passphrase),
            _ => throw new StorageException("is of a kind that this program does not know. Update OpenShare."),
        };
    }

    private static byte[] Open(ReadOnlySpan<byte> content, Func<byte[]?> passphrase)
    {
        var hardness = new KeyHardness(BinaryPrimitives.ReadUInt32BigEndian(content[HeaderSize..]), BinaryPrimitives.ReadUInt32BigEndian(content[(HeaderSize + 4)..]));
        if (hardness.MemoryKib is < 8 or > MostMemoryKib || hardness.Passes is 0 or > MostPasses)
            throw new StorageException($"asks for {hardness.MemoryKib} KiB of memory and {hardness.Passes} passes to be opened, which is outside what this program accepts.");
        var given = passphrase() ?? throw new StorageException("is encrypted under a passphrase. Give it with --passphrase-file.");
        try
        {
            using var key = DeriveKey(given, hardness, content.Slice(HeaderSize + 8, SaltSize));
            var seed = new byte[SigningKey.SeedSize];
            return AeadAlgorithm.ChaCha20Poly1305.Decrypt(
                key, content.Slice(HeaderSize + 8 + SaltSize, NonceSize), content[..SealedOffset], content[SealedOffset..], seed)
                ? seed
                : throw new StorageException("is encrypted under another passphrase than the one given.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(given);
        }
    }

    private static Key DeriveKey(ReadOnlySpan<byte> passphrase, KeyHardness hardness, ReadOnlySpan<byte> salt)
    {
        var argon = PasswordBasedKeyDerivationAlgorithm.Argon2id(
            new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = hardness.MemoryKib, NumberOfPasses = hardness.Passes });
        return argon.DeriveKey(passphrase, salt, AeadAlgorithm.ChaCha20Poly1305);
    }

    private static byte[] Start(byte kind, int contentSize)
    {
        var file = new byte[contentSize + ChecksumSize];
        Magic.CopyTo(file);
        file[Magic.Length] = Version;
        file[Magic.Length + 1] = kind;
        return file;
    }

    private static byte[] Finish(byte[] file)
    {
        SHA256.HashData(file.AsSpan(..^ChecksumSize)).AsSpan(0, ChecksumSize).CopyTo(file.AsSpan(^ChecksumSize..));
        return file;
    }
}

/// <summary>What guessing one passphrase costs (Argon2id, RFC 9106 §4, second recommended option).</summary>
internal readonly record struct KeyHardness(uint MemoryKib, uint Passes)
{
    internal static readonly KeyHardness Default = new(64 * 1024, 3);
}
