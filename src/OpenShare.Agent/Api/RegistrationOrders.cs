using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Agent.Api;

/// <summary>What a person types to register, read.</summary>
internal static class RegistrationOrders
{
    private const string FingerprintPrefix = "sha256:";

    /// <exception cref="ProtocolException">it is no server's, in words for a person; so with the others</exception>
    internal static Uri ServerOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme == Uri.UriSchemeHttps
        ? server
        : throw new ProtocolException($"'{Printable.Shorten(text)}' is not a server's URL: it must start with https://.");

    internal static string? NameOf(string? text) => text is null || Printable.IsDeviceName(text)
        ? text
        : throw new ProtocolException($"The name '{Printable.Shorten(text)}' does not serve: 1 to 64 printable characters, no space at either end.");

    /// <param name="otherwise">what holds where neither is given</param>
    internal static ServerTrust TrustOf(string? fingerprint, string? caPem, ServerTrust otherwise) =>
        caPem is not null ? new ServerTrust.ByAuthority(AuthoritiesOf(caPem))
        : fingerprint is not null ? new ServerTrust.ByFingerprint(FingerprintOf(fingerprint))
        : otherwise;

    private static X509Certificate2Collection AuthoritiesOf(string pem)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException error)
        {
            throw new ProtocolException($"The --ca file has something in it that is no certificate: {error.Message}", error);
        }
        return authorities.Count > 0 ? authorities : throw new ProtocolException("The --ca file has no certificate in it: it must be PEM, with BEGIN CERTIFICATE lines.");
    }

    private static byte[] FingerprintOf(string text)
    {
        var hex = text.StartsWith(FingerprintPrefix, StringComparison.OrdinalIgnoreCase) ? text[FingerprintPrefix.Length..].Replace(":", "", StringComparison.Ordinal) : "";
        return hex.Length == 64 && hex.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(hex)
            : throw new ProtocolException($"'{Printable.Shorten(text)}' is not a fingerprint: sha256: and 64 hex digits, as openshare-server prints it.");
    }
}
