using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration.Http;

/// <summary>
/// Judges the TLS certificate of every connection for one contact, and remembers what the latest one showed. An
/// unproven contact lets any pass: what is learned there is checked against the trust root before anything secret
/// is sent, and then over other connections, which the proven key has to answer.
/// </summary>
internal sealed class TlsGate
{
    private readonly ServiceContact _contact;
    private readonly ServerTrust _trust;
    private volatile byte[] _spkiSha256 = [];
    private volatile bool _refusedLatest;
    private volatile bool _isOutOfTime;

    /// <exception cref="ProtocolException">the contact's server trust cannot be read</exception>
    internal TlsGate(ServiceContact contact)
    {
        _contact = contact;
        _trust = ServerTrustText.Read(contact.ServerTrust);
    }

    /// <summary>SHA-256 of the public key (SubjectPublicKeyInfo) that the latest connection showed.</summary>
    internal ReadOnlyMemory<byte> SpkiSha256 => _spkiSha256;

    internal bool RefusedLatest => _refusedLatest;

    /// <summary>Nothing is wrong with it but that its time is not now.</summary>
    internal bool IsOutOfTime => _isOutOfTime;

    internal SslClientAuthenticationOptions Options => new()
    {
        // The names and dates of the certificate count for authorities only; the others name its very key.
        CertificateChainPolicy = _trust is ServerTrust.ByAuthority by ? PolicyOf(by.Authorities) : null,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Judge(certificate as X509Certificate2, chain, errors),
    };

    private bool Judge(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _isOutOfTime = IsByAuthority && errors == SslPolicyErrors.RemoteCertificateChainErrors
            && chain is { ChainStatus.Length: > 0 } && chain.ChainStatus.All(s => s.Status == X509ChainStatusFlags.NotTimeValid);
        _spkiSha256 = certificate is null ? [] : SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
        var isGood = certificate is not null && _trust switch
        {
            ServerTrust.ByFingerprint by => by.Sha256.Span.SequenceEqual(SHA256.HashData(certificate.RawData)),
            ServerTrust.ByAuthority or ServerTrust.BySystem => errors == SslPolicyErrors.None,
            _ => _contact.Pin is null || _contact.Pin.SpkiSha256.Span.SequenceEqual(_spkiSha256),
        };
        _refusedLatest = !isGood;
        return isGood;
    }

    private bool IsByAuthority => _trust is ServerTrust.ByAuthority or ServerTrust.BySystem;

    internal string WhyRefused => _trust switch
    {
        ServerTrust.ByFingerprint => "Its TLS certificate does not have the fingerprint that was given.",
        _ when _isOutOfTime => "Its TLS certificate is not valid at this machine's time: look at the clock.",
        ServerTrust.ByAuthority => "Its TLS certificate is not good for this address under the authority that was given.",
        ServerTrust.BySystem => "Its TLS certificate is not good for this address under the authorities that this system trusts: give --server-fingerprint or --ca.",
        _ => "The connection does not end at the registration service: something in between answers with a TLS key of its own.",
    };

    private static X509ChainPolicy PolicyOf(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
