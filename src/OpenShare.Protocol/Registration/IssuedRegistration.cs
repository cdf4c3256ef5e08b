using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Registration;

/// <summary>What the service gave: checked, so that it can be stored and shown to peers.</summary>
public sealed record IssuedRegistration(DeviceCertificate Certificate, TrustChain Trust, ReadOnlyMemory<byte> AccountDiscoveryKey)
{
    public const int DiscoveryKeySize = 32;

    /// <summary>When to ask for the next certificate: at two thirds of this one's life (it is backdated by the allowed skew).</summary>
    public DateTimeOffset RenewAt => Certificate.IssuedAt + ClockSkew.Allowed + 2 * Life / 3;

    /// <summary>True when the key that issued the certificate was withdrawn: it is good for renewal only.</summary>
    public bool IsWithdrawn => !Certificate.IsVouchedFor(Trust.Newest);

    internal TimeSpan Life => Certificate.ExpiresAt - (Certificate.IssuedAt + ClockSkew.Allowed);

    /// <summary>Reads an answer and checks that it is about this key and account and signed under this trust root.</summary>
    /// <exception cref="ProtocolException">it is not; the message is for a person</exception>
    public static IssuedRegistration Read(RegistrationMessages.RegisterResponse answer, PublicKey key, AccountId account, TrustChain trust)
    {
        var certificate = DeviceCertificate.Parse(answer.CertBlob);
        if (!certificate.PublicKey.Equals(key) || certificate.Account != account)
            throw new ProtocolException("The certificate it issued is for another key or account.");
        if (!certificate.IsVouchedFor(trust.Newest))
            throw new ProtocolException("The certificate it issued is not signed by a key of its trust root.");
        var discoveryKey = Base64Url.Decode(answer.AccountDiscoveryKey, "account discovery key");
        return discoveryKey.Length == DiscoveryKeySize
            ? new IssuedRegistration(certificate, trust, discoveryKey)
            : throw new ProtocolException($"The account discovery key it gave is not {DiscoveryKeySize} bytes.");
    }

    public override string ToString() => $"certificate {Certificate.Serial} of {Certificate.DeviceId}";
}
