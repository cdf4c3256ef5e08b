using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Registration;

/// <summary>
/// A one-time registration token as a person pastes it: "ost1_" and base64url of <see cref="RegistrationToken"/>.
/// It carries the fingerprint of the service's trust root, so that a service that does not match is refused.
/// </summary>
public sealed class RegistrationTokenText : RegistrationCredential
{
    public const string Prefix = "ost1_";
    public const int SecretSize = 16;

    private readonly byte[] _secret;

    public RegistrationTokenText(ReadOnlySpan<byte> secret, AccountId account, ReadOnlySpan<byte> trustRootFingerprint)
        : base(account, trustRootFingerprint)
    {
        if (secret.Length != SecretSize || trustRootFingerprint.Length != TrustRoot.FingerprintSize)
            throw new ProtocolException("This registration token is damaged. Copy it again, whole.");
        _secret = secret.ToArray();
    }

    /// <summary>Base64url.</summary>
    public override string Secret => Base64Url.Encode(_secret);

    /// <exception cref="ProtocolException">not a registration token</exception>
    public static new RegistrationTokenText Parse(string text)
    {
        text = text.Trim();
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            throw new ProtocolException($"This is not a registration token: one starts with {Prefix}.");
        var token = Messages.Parse(RegistrationToken.Parser, Base64Url.Decode(text[Prefix.Length..], "registration token"), "registration token");
        return new RegistrationTokenText(token.Secret.Span, AccountId.Parse(token.AccountId), token.TrustRootFingerprint.Span);
    }

    /// <summary>What the administrator is shown once.</summary>
    public override string Reveal() => Prefix + Base64Url.Encode(new RegistrationToken
    {
        Secret = ByteString.CopyFrom(_secret),
        AccountId = Account.Value,
        TrustRootFingerprint = ByteString.CopyFrom(TrustRootFingerprint.Span),
    }.ToByteArray());

    public override string ToString() => $"registration token for {Account}";
}
