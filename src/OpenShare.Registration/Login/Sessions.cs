using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Registration.Login;

/// <summary>Judges what a person shows who has logged in: the issuer's access token, as a JWT (RFC 9068) for this service.</summary>
internal sealed class Sessions(LoginOptions options, IssuerKeys keys, TimeProvider time)
{
    private const int MaxSize = 16 * 1024;

    private static readonly Refusal Unavailable = new(
        RegistrationProblems.LoginUnavailable, "The service cannot verify logins at the moment, since their issuer does not answer it. Try again later, or register with a token.");

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaxSize, MapInboundClaims = false };

    /// <summary>True for what is a JWT by its looks: a registration token's secret has no dots.</summary>
    public static bool IsLikely(string bearer) => bearer.Contains('.', StringComparison.Ordinal);

    public async Task<Outcome<Session>> ReadAsync(string jwt, CancellationToken cancel)
    {
        if (await keys.GetAsync(null, cancel) is not { } known)
            return Unavailable;
        var result = await ValidateAsync(jwt, known);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException && await keys.GetAsync(lacking: known, cancel) is { } newer && newer != known)
            result = await ValidateAsync(jwt, newer);
        return result.IsValid ? Session.Read(result.ClaimsIdentity, options.AccountClaim) : new Refusal(RegistrationProblems.BadSession, Why(result.Exception));
    }

    private Task<TokenValidationResult> ValidateAsync(string jwt, OpenIdConnectConfiguration issuer) => _handler.ValidateTokenAsync(jwt, new TokenValidationParameters
    {
        ValidIssuer = options.Issuer.Text,
        ValidAudience = options.Audience,
        ValidAlgorithms = LoginAlgorithms.Signatures,
        IssuerSigningKeys = issuer.SigningKeys,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        LifetimeValidator = (from, until, _, _) => IsInTime(from, until),
    });

    private bool IsInTime(DateTime? from, DateTime? until)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (until is not { } end)
            throw new SecurityTokenNoExpirationException();
        if (now > end + ClockSkew.Allowed)
            throw new SecurityTokenExpiredException();
        return from is not { } begin || now >= begin - ClockSkew.Allowed ? true : throw new SecurityTokenNotYetValidException();
    }

    // What the library says repeats parts of the token.
    private static string Why(Exception? error) => error switch
    {
        SecurityTokenExpiredException => "The session has expired. Log in again.",
        SecurityTokenNotYetValidException => "The session is of a time to come: one of the clocks is wrong.",
        SecurityTokenInvalidIssuerException => "The session is of another issuer than this service's.",
        SecurityTokenInvalidAudienceException => "The session is not for this service: its audience is another. Ask your administrator.",
        SecurityTokenInvalidSignatureException or SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidAlgorithmException =>
            "The session is not signed by its issuer.",
        _ => "This is no session of this service's issuer. Log in again.",
    };
}
