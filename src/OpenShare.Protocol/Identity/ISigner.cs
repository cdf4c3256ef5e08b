namespace OpenShare.Protocol.Identity;

/// <summary>Whatever can sign with an Ed25519 key: a key in memory, an HSM, a key service. The private key stays behind it.</summary>
public interface ISigner
{
    PublicKey PublicKey { get; }

    /// <returns>64 bytes (RFC 8032)</returns>
    byte[] Sign(ReadOnlySpan<byte> data);
}
