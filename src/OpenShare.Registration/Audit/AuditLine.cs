using System.Security.Cryptography;
using System.Text.Json;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Audit;

/// <summary>A line of the audit log: JSON, signed by the service's revocation list key, chained to the line before it.</summary>
/// <param name="Number">1 for the first, and one more with each</param>
/// <param name="Previous">base64url SHA-256 of the line before it as it is stored, signature and all; empty for the first</param>
/// <param name="By">who had it done; null: the service, at a device's request, or before lines told who</param>
internal sealed record AuditLine(long Number, DateTimeOffset At, string Previous, AuditAct Act, string? By = null)
{
    public const TrustKey.Types.Role Signer = TrustKey.Types.Role.Crl;

    public Signed Sign(ISigner signer) =>
        SignedBlobs.Sign(signer, SignatureContext.AuditLine, JsonSerializer.SerializeToUtf8Bytes(this, RegistrationJson.Options));

    /// <exception cref="ProtocolException">it is no line</exception>
    public static AuditLine Read(Signed signed)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditLine>(signed.Payload.Span, RegistrationJson.Options) ?? throw new ProtocolException("it is empty");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ProtocolException("it is no line of an audit log");
        }
    }

    /// <summary>What the line after this one has as its previous.</summary>
    public static string HashOf(ReadOnlySpan<byte> stored) => Base64Url.Encode(SHA256.HashData(stored));
}
