using NSec.Cryptography;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>Signatures made and checked without OpenShare.Protocol: what a stranger would write.</summary>
internal static class Ed25519Reference
{
    /// <summary>The public key of a seed.</summary>
    internal static byte[] PublicKey(byte[] seed)
    {
        using var key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        return key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    /// <summary>True when the key signed this payload as this kind of thing: context, one zero byte, payload.</summary>
    internal static bool IsSigned(byte[] publicKey, string context, byte[] payload, byte[] signature) => SignatureAlgorithm.Ed25519.Verify(
        NSec.Cryptography.PublicKey.Import(SignatureAlgorithm.Ed25519, publicKey, KeyBlobFormat.RawPublicKey),
        [.. System.Text.Encoding.ASCII.GetBytes(context), 0, .. payload], signature);
}
