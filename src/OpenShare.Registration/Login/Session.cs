using System.Security.Claims;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Registration.Login;

/// <summary>A person's session with the issuer, verified.</summary>
/// <param name="Account">whose devices it may register</param>
/// <param name="Subject">who it is, as the audit log names them</param>
internal sealed record Session(AccountId Account, string Subject)
{
    private const string SubjectClaim = "sub";
    private const string EmailClaim = "email";
    private const int LongestSubject = 128;

    /// <param name="claims">verified</param>
    public static Outcome<Session> Read(ClaimsIdentity claims, string accountClaim)
    {
        if (claims.FindFirst(SubjectClaim)?.Value is not { Length: > 0 } subject)
            return new Refusal(RegistrationProblems.BadSession, "The session does not say whose it is: it has no 'sub'.");
        // Several values would be several accounts.
        if (claims.FindAll(accountClaim).Select(c => c.Value).ToList() is not [var name])
            return new Refusal(RegistrationProblems.BadSession, $"The session has no claim '{accountClaim}', or more than one, and that names the account here. Ask your administrator.");
        // An address that nobody has verified may be somebody else's.
        if (accountClaim == EmailClaim && !string.Equals(claims.FindFirst("email_verified")?.Value, "true", StringComparison.OrdinalIgnoreCase))
            return new Refusal(RegistrationProblems.BadSession, "The session's e-mail address has not been verified by the issuer, so it names no account here.");
        return AccountId.TryParse(name, out var account)
            ? new Session(account, Printable.Shorten(subject, LongestSubject))
            : new Refusal(RegistrationProblems.BadSession, $"The session's claim '{accountClaim}' is no account's name here: 1 to 64 characters of a-z, 0-9, '.', '_', '-' and '@'. Ask your administrator for another claim (--oidc-account-claim).");
    }

    // Whoever logs or prints a session tells nobody who it was.
    public override string ToString() => nameof(Session);
}
