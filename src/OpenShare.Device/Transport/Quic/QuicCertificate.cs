using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OpenShare.Device.Transport.Quic;

/// <summary>
/// The keys of one connection's TLS: made for it and gone with it, and trusted by nobody. Who is there the handshake above
/// finds out, and <see cref="Binding"/> in it that nobody sits in between.
/// </summary>
internal static class QuicCertificate
{
    internal const string Name = "openshare";

    internal static SslApplicationProtocol Protocol { get; } = new("openshare/1");

    internal static X509Certificate2 New()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        // Whoever looks at its dates compares them with a clock that may be wrong.
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }

    /// <summary>64 bytes: SHA-256 of the SubjectPublicKeyInfo of the side that dialled, and of the other's.</summary>
    internal static byte[] Binding(X509Certificate dialler, X509Certificate answerer) => [.. Hash(dialler), .. Hash(answerer)];

    private static byte[] Hash(X509Certificate certificate)
    {
        using var read = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return SHA256.HashData(read.PublicKey.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Any certificate will do, but there has to be one.</summary>
    internal static bool IsThere(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate is not null;
}
