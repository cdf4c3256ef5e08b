using OpenShare.Protocol.Identity;

namespace OpenShare.Registration.Keys;

/// <summary>
/// A key that is not in this process. What comes back for a signature is verified before it is used: a signature that is
/// wrong, by a fault or by another key, would be refused by every device, and may tell of the private key.
/// </summary>
internal sealed class RemoteSigner(PublicKey publicKey, string place, Func<byte[], byte[]> sign) : ISigner
{
    public PublicKey PublicKey { get; } = publicKey;

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        var bytes = data.ToArray();
        var signature = sign(bytes);
        return PublicKey.Verify(bytes, signature)
            ? signature
            : throw new UserError($"What {place} gave as a signature is not one by the key {PublicKey.KeyId}. It was not used.");
    }
}
