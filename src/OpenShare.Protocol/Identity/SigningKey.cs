using NSec.Cryptography;

namespace OpenShare.Protocol.Identity;

/// <summary>An Ed25519 private key in memory. It prints as its public key's id and never as itself.</summary>
public sealed class SigningKey : ISigner, IDisposable
{
    public const int SeedSize = 32;

    private readonly Key _key;

    private SigningKey(Key key)
    {
        _key = key;
        PublicKey = new PublicKey(key.PublicKey);
    }

    public PublicKey PublicKey { get; }

    public static SigningKey Create(IRandomSource random)
    {
        Span<byte> seed = stackalloc byte[SeedSize];
        random.Fill(seed);
        var key = FromSeed(seed);
        seed.Clear();
        return key;
    }

    /// <exception cref="ProtocolException">not 32 bytes</exception>
    public static SigningKey FromSeed(ReadOnlySpan<byte> seed)
    {
        var parameters = new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
        return Key.TryImport(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey, out var key, parameters)
            ? new SigningKey(key!)
            : throw new ProtocolException($"A private key is {SeedSize} bytes.");
    }

    /// <summary>The private key's 32 bytes, for the secure store only.</summary>
    public byte[] ExportSeed() => _key.Export(KeyBlobFormat.RawPrivateKey);

    public byte[] Sign(ReadOnlySpan<byte> data) => SignatureAlgorithm.Ed25519.Sign(_key, data);

    public void Dispose() => _key.Dispose();

    public override string ToString() => PublicKey.KeyId;
}
