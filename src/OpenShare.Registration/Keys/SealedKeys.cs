using System.Text.Json;
using NSec.Cryptography;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys;

/// <summary>
/// The signing key file, version 1 (docs/registration-service.md): JSON whose `sealed` is, under ChaCha20-Poly1305
/// with the key Argon2id makes of the passphrase, one record of 33 bytes for each key: its role, its 32-byte seed.
/// </summary>
internal sealed record SealedKeys(string Format, int MemoryKib, int Passes, string Salt, string Nonce, string Sealed)
{
    public const string CurrentFormat = "openshare/signing-keys/v1";

    /// <summary>Bytes of the whole file: some 5,900 keys.</summary>
    public const int MaxFileSize = 256 * 1024;

    private const int SaltSize = 16;
    private const int RecordSize = 1 + SigningKey.SeedSize;

    private static readonly AeadAlgorithm Aead = AeadAlgorithm.ChaCha20Poly1305;

    public static SealedKeys Seal(IReadOnlyList<RoleKey> keys, ReadOnlySpan<byte> passphrase, IRandomSource random, SealingCost cost)
    {
        var plain = new byte[keys.Count * RecordSize];
        for (var i = 0; i < keys.Count; i++)
        {
            var record = plain.AsSpan(i * RecordSize, RecordSize);
            record[0] = (byte)keys[i].Role;
            var seed = keys[i].Key.ExportSeed();
            seed.CopyTo(record[1..]);
            Array.Clear(seed);
        }
        var salt = random.Bytes(SaltSize);
        var nonce = random.Bytes(Aead.NonceSize);
        using var key = DeriveKey(passphrase, salt, cost.MemoryKib, cost.Passes);
        var ciphertext = Aead.Encrypt(key, nonce, AssociatedData, plain);
        Array.Clear(plain);
        return new SealedKeys(CurrentFormat, cost.MemoryKib, cost.Passes, Base64Url.Encode(salt), Base64Url.Encode(nonce), Base64Url.Encode(ciphertext));
    }

    /// <returns>null when the passphrase does not open it, or a byte of it was changed</returns>
    /// <exception cref="ProtocolException">not a key file of this version, or with parameters out of bounds</exception>
    public IReadOnlyList<RoleKey>? Open(ReadOnlySpan<byte> passphrase)
    {
        if (Format != CurrentFormat)
            throw new ProtocolException($"it is of the format '{Printable.Shorten(Format, 40)}', and this program reads '{CurrentFormat}'");
        if (MemoryKib is < SealingCost.LeastMemoryKib or > SealingCost.MostMemoryKib || Passes is < 1 or > SealingCost.MostPasses)
            throw new ProtocolException($"memory_kib must be {SealingCost.LeastMemoryKib} to {SealingCost.MostMemoryKib} and passes 1 to {SealingCost.MostPasses}");
        var salt = Base64Url.Decode(Salt, "salt");
        var nonce = Base64Url.Decode(Nonce, "nonce");
        if (salt.Length != SaltSize || nonce.Length != Aead.NonceSize)
            throw new ProtocolException($"its salt must be {SaltSize} bytes and its nonce {Aead.NonceSize}");
        using var key = DeriveKey(passphrase, salt, MemoryKib, Passes);
        var plain = Aead.Decrypt(key, nonce, AssociatedData, Base64Url.Decode(Sealed, "sealed part"));
        if (plain is null)
            return null;
        try
        {
            return ReadRecords(plain);
        }
        finally
        {
            Array.Clear(plain);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RegistrationJson.Options);

    /// <exception cref="ProtocolException">not such a file</exception>
    public static SealedKeys FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<SealedKeys>(json, RegistrationJson.Options) ?? throw new ProtocolException("it is empty");
        }
        catch (JsonException error)
        {
            throw new ProtocolException("it is damaged, or not a signing key file at all", error);
        }
    }

    private static ReadOnlySpan<byte> AssociatedData => "openshare/signing-keys/v1"u8;

    private static List<RoleKey> ReadRecords(ReadOnlySpan<byte> plain)
    {
        if (plain.Length == 0 || plain.Length % RecordSize != 0)
            throw new ProtocolException($"its sealed part is not whole records of {RecordSize} bytes");
        var keys = new List<RoleKey>();
        for (; plain.Length > 0; plain = plain[RecordSize..])
            keys.Add(new RoleKey((TrustKey.Types.Role)plain[0], SigningKey.FromSeed(plain[1..RecordSize])));
        return keys;
    }

    private static Key DeriveKey(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, int memoryKib, int passes)
    {
        var argon2id = PasswordBasedKeyDerivationAlgorithm.Argon2id(
            new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = memoryKib, NumberOfPasses = passes });
        return argon2id.DeriveKey(passphrase, salt, Aead);
    }
}
