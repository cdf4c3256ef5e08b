using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OpenShare.Registration.Administration.Access;

/// <summary>
/// Certificates by which administrators may prove themselves in TLS, in place of a token: issued by one of the organisation's
/// authorities, which says who somebody is and not what they may do.
/// </summary>
internal sealed class AdminCertificates
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string CommonName = "2.5.4.3";

    private readonly X509Certificate2Collection _authorities;

    private AdminCertificates(X509Certificate2Collection authorities) => _authorities = authorities;

    /// <param name="file">PEM</param>
    /// <exception cref="UserError">there is none in it, or it cannot be read</exception>
    public static AdminCertificates Open(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UserError($"The certificates in {file} cannot be used: {error.Message} Give --admin-ca a PEM file with those of the authorities that issue administrators' certificates.");
        }
        return authorities.Count > 0
            ? new AdminCertificates(authorities)
            : throw new UserError($"There is no certificate in {file}. Give --admin-ca a PEM file with those of the authorities that issue administrators' certificates.");
    }

    /// <returns>the subject's one common name; null where it has none or several, or no authority of ours vouches for it as a client, now</returns>
    public string? NameIn(X509Certificate2 certificate, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        // Whoever is to administer nothing any more is revoked here (`admin revoke`), at once.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return IsForClients(certificate) && chain.Build(certificate) ? NameOf(certificate.SubjectName) : null;
    }

    // To the chain a certificate that names no use is good for every one.
    private static bool IsForClients(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(e => e.EnhancedKeyUsages.Cast<Oid>()).Any(use => use.Value == ClientAuthentication);

    // The platform's own "simple name" is an organisation's or an e-mail address where there is no common name, and one of several.
    private static string? NameOf(X500DistinguishedName subject)
    {
        var parts = subject.EnumerateRelativeDistinguishedNames().ToList();
        // One that has several values may hide another name.
        if (parts.Exists(part => part.HasMultipleElements))
            return null;
        var names = parts.FindAll(part => part.GetSingleElementType().Value == CommonName);
        return names.Count == 1 ? names[0].GetSingleElementValue() : null;
    }
}
