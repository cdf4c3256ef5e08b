using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Registration;

/// <summary>
/// A person's session with the organisation's OpenID Connect issuer, as a device keeps it until it is certified:
/// "oss1_" and base64url of <see cref="RegistrationSession"/>.
/// </summary>
public sealed class LoginSession : RegistrationCredential
{
    public const string Prefix = "oss1_";

    /// <summary>Characters of the issuer's JWT: what a request's header carries.</summary>
    public const int LongestJwt = 16 * 1024;

    private readonly string _jwt;

    /// <param name="jwt">the issuer's access token; what is in it is the service's business</param>
    /// <exception cref="ProtocolException">it cannot be one</exception>
    public LoginSession(string jwt, AccountId account, ReadOnlySpan<byte> trustRootFingerprint) : base(account, trustRootFingerprint)
    {
        // What an issuer sends goes into a header: RFC 6750 2.1 says of what it may consist.
        if (jwt.Length is 0 or > LongestJwt || !jwt.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/' or '=') || !jwt.Contains('.', StringComparison.Ordinal))
            throw new ProtocolException("The issuer's access token is no JWT, so the registration service cannot take it.");
        if (trustRootFingerprint.Length != TrustRoot.FingerprintSize)
            throw new ProtocolException("This session is damaged. Log in again.");
        _jwt = jwt;
    }

    public override string Secret => _jwt;

    /// <exception cref="ProtocolException">not a session</exception>
    public static new LoginSession Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            throw new ProtocolException($"This is not a session: one starts with {Prefix}.");
        var session = Messages.Parse(RegistrationSession.Parser, Base64Url.Decode(text[Prefix.Length..], "session"), "session");
        return new LoginSession(session.Jwt, AccountId.Parse(session.AccountId), session.TrustRootFingerprint.Span);
    }

    public override string Reveal() => Prefix + Base64Url.Encode(new RegistrationSession
    {
        Jwt = _jwt,
        AccountId = Account.Value,
        TrustRootFingerprint = ByteString.CopyFrom(TrustRootFingerprint.Span),
    }.ToByteArray());

    public override string ToString() => $"session for {Account}";
}
