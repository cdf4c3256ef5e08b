using System.Security.Cryptography;
using NSec.Cryptography;

namespace OpenShare.Protocol.Identity;

/// <summary>An Ed25519 public key (RFC 8032): 32 bytes that NSec accepts.</summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    public const int Size = 32;
    public const int SignatureSize = 64;

    private readonly NSec.Cryptography.PublicKey _key;
    private readonly byte[] _bytes;

    internal PublicKey(NSec.Cryptography.PublicKey key)
    {
        _key = key;
        _bytes = key.Export(KeyBlobFormat.RawPublicKey);
        KeyId = Convert.ToHexStringLower(SHA256.HashData(_bytes).AsSpan(0, 16));
    }

    /// <summary>32 hex digits: the first 128 bits of the key's SHA-256.</summary>
    public string KeyId { get; }

    /// <summary>The first 16 hex digits of the key's SHA-256: what a device announces.</summary>
    public string ShortFingerprint => KeyId[..16];

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <exception cref="ProtocolException">not an Ed25519 public key</exception>
    public static PublicKey FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size && NSec.Cryptography.PublicKey.TryImport(SignatureAlgorithm.Ed25519, bytes, KeyBlobFormat.RawPublicKey, out var key)
            ? new PublicKey(key!)
            : throw new ProtocolException("This is not an Ed25519 public key (32 bytes).");

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureSize && SignatureAlgorithm.Ed25519.Verify(_key, data, signature);

    public bool Equals(PublicKey? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    public override int GetHashCode() => BitConverter.ToInt32(_bytes);

    public override string ToString() => KeyId;
}
