using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Registration;

/// <summary>What the service gave: checked, so that it can be stored and shown to peers.</summary>
public sealed record IssuedRegistration(DeviceCertificate Certificate, TrustChain Trust, DiscoveryKeys DiscoveryKeys)
{
    /// <summary>From when on to ask for the next certificate: at two thirds of this one's life (it is backdated by the allowed skew).</summary>
    public DateTimeOffset RenewFrom => Certificate.IssuedAt + ClockSkew.Allowed + 2 * Life / 3;

    /// <summary>A fleet that was registered in one day asks over so long a time, a month of a year, and not in one day.</summary>
    public TimeSpan RenewSpread => Life / 12;

    /// <summary>True when the key that issued the certificate was withdrawn: it is good for renewal only.</summary>
    public bool IsWithdrawn => !Certificate.IsVouchedFor(Trust.Newest);

    internal TimeSpan Life => Certificate.ExpiresAt - (Certificate.IssuedAt + ClockSkew.Allowed);

    /// <summary>Reads an answer and checks that it is about this key and account and signed under this trust root.</summary>
    /// <param name="before">the discovery keys held already: they never go back to an older one; null: none</param>
    /// <exception cref="ProtocolException">it is not; the message is for a person</exception>
    public static IssuedRegistration Read(
        RegistrationMessages.RegisterResponse answer, PublicKey key, AccountId account, TrustChain trust, DiscoveryKeys? before = null)
    {
        var certificate = DeviceCertificate.Parse(answer.CertBlob);
        if (!certificate.PublicKey.Equals(key) || certificate.Account != account)
            throw new ProtocolException("The certificate it issued is for another key or account.");
        if (!certificate.IsVouchedFor(trust.Newest))
            throw new ProtocolException("The certificate it issued is not signed by a key of its trust root.");
        return new IssuedRegistration(certificate, trust, ReadKeys(answer, account, trust.Newest, before));
    }

    private static DiscoveryKeys ReadKeys(RegistrationMessages.RegisterResponse answer, AccountId account, TrustRoot trust, DiscoveryKeys? before)
    {
        if (answer.DiscoveryKey is { } text)
        {
            var issue = DiscoveryKey.Parse(text).VerifiedBy(trust, account);
            return before?.Follow(issue, trust) ?? DiscoveryKeys.Of(issue);
        }
        var unsigned = Base64Url.Decode(answer.AccountDiscoveryKey, "account discovery key");
        if (unsigned.Length != DiscoveryKey.Size)
            throw new ProtocolException($"The account discovery key it gave is not {DiscoveryKey.Size} bytes.");
        return before?.FollowUnsigned(unsigned) ?? DiscoveryKeys.Unsigned(unsigned);
    }

    public override string ToString() => $"certificate {Certificate.Serial} of {Certificate.DeviceId}";
}
