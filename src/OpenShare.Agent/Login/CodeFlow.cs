using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using OpenShare.Agent.Documents;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Agent.Login;

/// <summary>
/// One login: the authorization code flow with PKCE (RFC 7636, S256) of a native program (RFC 8252). The code that comes back is worth
/// nothing without the verifier, which never leaves this process but to the issuer; the nonce binds the ID token to this login.
/// </summary>
internal sealed class CodeFlow(IssuerClient issuer, OpenIdConnectConfiguration at, LoginOffer offer, LoopbackRedirect redirect, TimeProvider time)
{
    private const string OpenId = "openid";

    private readonly string _verifier = Random();
    private readonly string _nonce = Random();

    /// <summary>What a person opens in a browser.</summary>
    internal string AuthorizationUrl
    {
        get
        {
            var request = new OpenIdConnectMessage
            {
                IssuerAddress = at.AuthorizationEndpoint,
                ResponseType = OpenIdConnectResponseType.Code,
                ClientId = offer.ClientId,
                RedirectUri = redirect.Address,
                Scope = string.Join(' ', offer.Scopes.Contains(OpenId) ? offer.Scopes : [OpenId, .. offer.Scopes]),
                State = redirect.State,
                Nonce = _nonce,
                EnableTelemetryParameters = false,
            };
            request.SetParameter("code_challenge", Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(_verifier))));
            request.SetParameter("code_challenge_method", "S256");
            return request.CreateAuthenticationRequestUrl();
        }
    }

    /// <returns>the issuer's access token</returns>
    /// <exception cref="LoginException">nobody logged in, or not to this login</exception>
    internal async Task<string> RedeemAsync(LoginAnswer answer, CancellationToken cancellation)
    {
        // An answer of another issuer could hand its code to this one's token endpoint, or the other way round (RFC 9207).
        if (answer.Issuer is { } by && by != issuer.Issuer)
            throw issuer.Strange("the browser came back from another issuer");
        if (answer.Error is { } error)
            throw new LoginException(ProblemCodes.LoginFailed, error == "access_denied"
                ? "The login was declined in the browser."
                : $"The login did not work: {Printable.Shorten(error, 80)}.");
        if (answer.Code is not { } code)
            throw issuer.Strange("the browser came back without a code");
        var tokens = await issuer.RedeemAsync(at.TokenEndpoint, new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = redirect.Address,
            ["client_id"] = offer.ClientId,
            ["code_verifier"] = _verifier,
        }, cancellation);
        await CheckAsync(tokens.IdToken ?? throw issuer.Strange("it gave no ID token"));
        return tokens.AccessToken ?? throw issuer.Strange("it gave no access token");
    }

    private async Task CheckAsync(string idToken)
    {
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(idToken, new TokenValidationParameters
        {
            ValidIssuer = issuer.Issuer,
            ValidAudience = offer.ClientId,
            ValidAlgorithms = LoginAlgorithms.Signatures,
            IssuerSigningKeys = at.SigningKeys,
            LifetimeValidator = (_, until, _, _) => until is { } end && time.GetUtcNow().UtcDateTime <= end + ClockSkew.Allowed,
        });
        if (!result.IsValid)
            throw issuer.Strange("its ID token is not one of its own for this login");
        if (!result.Claims.TryGetValue("nonce", out var nonce) || nonce is not string text
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), Encoding.ASCII.GetBytes(_nonce)))
            throw issuer.Strange("its ID token is of another login");
    }

    private static string Random() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));
}
