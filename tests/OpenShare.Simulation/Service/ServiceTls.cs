using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenShare.Protocol.Identity;

namespace OpenShare.Simulation.Service;

/// <summary>The certificate that the service answers TLS with. Its key comes from the seed; only that is ever vouched for.</summary>
internal static class ServiceTls
{
    internal static X509Certificate2 Create(IRandomSource random, DateTimeOffset now)
    {
        var secret = random.Bytes(32);
        // Below the order of the curve.
        secret[0] &= 0x7f;
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = secret });
        return new CertificateRequest("CN=registration.example", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddYears(20));
    }

    internal static byte[] KeyHash(X509Certificate2 certificate) => SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
}
