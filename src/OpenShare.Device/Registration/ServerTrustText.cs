using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Registration;

/// <summary><see cref="ServerTrust"/> as it is kept: "sha256:HEX", authorities as PEM, "system", or null for the trust root.</summary>
internal static class ServerTrustText
{
    private const string Sha256 = "sha256:";
    private const string System = "system";

    internal static string? Write(ServerTrust trust) => trust switch
    {
        ServerTrust.ByFingerprint by => Sha256 + Convert.ToHexStringLower(by.Sha256.Span),
        ServerTrust.ByAuthority by => by.Authorities.ExportCertificatePems(),
        ServerTrust.BySystem => System,
        _ => null,
    };

    /// <exception cref="ProtocolException">not such a text</exception>
    internal static ServerTrust Read(string? text)
    {
        if (text is null)
            return new ServerTrust.ByToken();
        if (text == System)
            return new ServerTrust.BySystem();
        try
        {
            if (text.StartsWith(Sha256, StringComparison.Ordinal))
                return new ServerTrust.ByFingerprint(Convert.FromHexString(text[Sha256.Length..]));
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(text);
            return authorities.Count > 0
                ? new ServerTrust.ByAuthority(authorities)
                : throw new ProtocolException("There is no certificate among the authorities that the registration service is to be trusted by.");
        }
        catch (Exception error) when (error is FormatException or CryptographicException)
        {
            throw new ProtocolException("What the registration service is to be trusted by is neither a fingerprint nor PEM certificates.", error);
        }
    }
}
