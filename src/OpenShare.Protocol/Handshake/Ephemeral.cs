using NSec.Cryptography;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Handshake;

/// <summary>One handshake's X25519 key pair and nonce, made of injected randomness.</summary>
internal sealed class Ephemeral : IDisposable
{
    internal const int NonceSize = 32;

    internal Ephemeral(IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[32];
        random.Fill(bytes);
        Key = Key.Import(KeyAgreementAlgorithm.X25519, bytes, KeyBlobFormat.RawPrivateKey);
        bytes.Clear();
        PublicKey = Key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
        Nonce = random.Bytes(NonceSize);
    }

    internal Key Key { get; }

    internal byte[] PublicKey { get; }

    internal byte[] Nonce { get; }

    public void Dispose() => Key.Dispose();
}
