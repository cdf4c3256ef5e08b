using System.Security.Cryptography;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Tokens;

/// <summary>The secret part of a registration token, known to the service by its hash only.</summary>
internal static class TokenSecret
{
    public static byte[] Hash(ReadOnlySpan<byte> secret) => SHA256.HashData(secret);

    /// <returns>the hash of the secret in `Authorization: Bearer SECRET`, or null where there is no well-formed one</returns>
    public static byte[]? HashOfBearer(HttpRequest request)
    {
        var text = BearerHeader.Read(request);
        if (text is null || text.Length > 2 * RegistrationTokenText.SecretSize)
            return null;
        try
        {
            var secret = Base64Url.Decode(text, "token");
            return secret.Length == RegistrationTokenText.SecretSize ? Hash(secret) : null;
        }
        catch (ProtocolException)
        {
            return null;
        }
    }
}
