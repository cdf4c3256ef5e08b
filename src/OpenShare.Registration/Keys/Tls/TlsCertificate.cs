using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Hosting;

namespace OpenShare.Registration.Keys.Tls;

/// <summary>The certificate the service answers TLS with: the given one, or its own self-signed one.</summary>
internal sealed class TlsCertificate : IDisposable
{
    private TlsCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        Leaf = leaf;
        Chain = chain;
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
        SpkiHash = SHA256.HashData(leaf.PublicKey.ExportSubjectPublicKeyInfo());
        Fingerprint = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(leaf.RawData));
    }

    public X509Certificate2 Leaf { get; }

    /// <summary>Certificates between the leaf and its root, where a file has them.</summary>
    public X509Certificate2Collection Chain { get; }

    /// <summary>Both, as a handshake needs them.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>SHA-256 of the leaf's SubjectPublicKeyInfo: what the issuing key vouches for.</summary>
    public ReadOnlyMemory<byte> SpkiHash { get; }

    /// <summary>"sha256:" and the hex SHA-256 of the leaf's DER, as `openssl x509 -fingerprint -sha256` shows it without colons.</summary>
    public string Fingerprint { get; }

    /// <summary>The given ones; else the service's own, which the first run makes.</summary>
    public static TlsFiles FilesOf(RegistrationOptions options, DateTimeOffset now)
    {
        if (options.TlsCertificateFile is { } given)
            return new TlsFiles(given, options.TlsKeyFile, options.TlsPassphraseFile);
        if (!File.Exists(options.Data.TlsCertificate) || !File.Exists(options.Data.TlsKey))
            CreateSelfSigned(options, now);
        return new TlsFiles(options.Data.TlsCertificate, options.Data.TlsKey);
    }

    /// <exception cref="UserError">it cannot be used</exception>
    public static TlsCertificate Load(TlsFiles files)
    {
        try
        {
            var passphrase = files.Passphrase is null ? null : File.ReadAllText(files.Passphrase).TrimEnd('\r', '\n');
            var bytes = File.ReadAllBytes(files.Certificate);
            var certificate = bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0
                ? FromPem(files.Certificate, files.Key ?? files.Certificate, passphrase)
                : FromPkcs12(bytes, passphrase);
            return certificate.Leaf.HasPrivateKey ? certificate : throw new CryptographicException("it has no private key");
        }
        // An ArgumentException: the key is another certificate's.
        catch (Exception error) when (error is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new UserError($"The TLS certificate in {files.Certificate} cannot be used: {error.Message} Give a PFX file, or a PEM file and its --tls-key; a passphrase goes into --tls-passphrase-file.");
        }
    }

    public void Dispose()
    {
        Leaf.Dispose();
        foreach (var certificate in Chain)
            certificate.Dispose();
    }

    private static TlsCertificate FromPem(string file, string keyFile, string? passphrase)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        chain.RemoveAt(0);
        using var leaf = passphrase is null
            ? X509Certificate2.CreateFromPemFile(file, keyFile)
            : X509Certificate2.CreateFromEncryptedPemFile(file, passphrase, keyFile);
        // Windows' TLS does not take the private key of a PEM file as it is; a round trip through PKCS#12 makes it one it takes.
        return new TlsCertificate(X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null), chain);
    }

    private static TlsCertificate FromPkcs12(byte[] bytes, string? passphrase)
    {
        var all = X509CertificateLoader.LoadPkcs12Collection(bytes, passphrase);
        var leaf = all.FirstOrDefault(c => c.HasPrivateKey) ?? throw new CryptographicException("it has no private key.");
        all.Remove(leaf);
        return new TlsCertificate(leaf, all);
    }

    private static void CreateSelfSigned(RegistrationOptions options, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=OpenShare registration service", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        // A machine's name may hold what a DNS name may not.
        if (Uri.CheckHostName(Environment.MachineName) == UriHostNameType.Dns)
            names.AddDnsName(Environment.MachineName);
        var addresses = options.Urls.Select(u => u.Address).Append(IPAddress.Loopback).Append(IPAddress.IPv6Loopback).Distinct();
        foreach (var address in addresses.Where(a => !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any)))
            names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        // Devices trust its key through the trust root, not its dates, so it need not be made anew.
        using var certificate = request.CreateSelfSigned(now - ClockSkew.Allowed, now.AddYears(20));
        OwnerOnlyFile.Write(options.Data.TlsKey, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        OwnerOnlyFile.Write(options.Data.TlsCertificate, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
    }
}
