using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OpenShare.Registration.Tests.Support;

/// <summary>
/// A small OpenID Connect issuer on loopback: discovery, keys that change, an authorization that asks nobody, and a token
/// endpoint that insists on PKCE and on codes being new.
/// </summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    internal const string Audience = "openshare-registration";
    internal const string ClientId = "openshare";

    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, (string Challenge, string Redirect, string? Nonce)> _codes = new();

    // RSA at first, since it is what most issuers have, and made once, since that takes its time; others are elliptic.
    private static readonly RsaSecurityKey FirstKey = new(RSA.Create(2048)) { KeyId = "first" };

    private TestIssuer(WebApplication app, TimeProvider time) => (_app, _time) = (app, time);

    internal string Url => _app.Urls.Single();

    /// <summary>Signs, and is published.</summary>
    internal AsymmetricSecurityKey Key { get; private set; } = FirstKey;

    /// <summary>Who logs in, as the claims say it.</summary>
    internal Dictionary<string, object> Claims { get; } = new() { ["sub"] = "alice" };

    /// <summary>Answers nothing but errors.</summary>
    internal bool IsDown { get; set; }

    internal int KeysAsked { get; private set; }

    /// <summary>The parameters of each authorization request.</summary>
    internal ConcurrentQueue<IReadOnlyDictionary<string, string>> Asked { get; } = new();

    /// <summary>Every access token that was given out.</summary>
    internal ConcurrentQueue<string> Given { get; } = new();

    /// <summary>Changes what an authorization sends back.</summary>
    internal Func<Dictionary<string, string?>, Dictionary<string, string?>> Redirecting { get; set; } = answer => answer;

    /// <summary>Changes an ID token before it is signed.</summary>
    internal Action<SecurityTokenDescriptor> IdToken { get; set; } = _ => { };

    internal static async Task<TestIssuer> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var issuer = new TestIssuer(app, time);
        app.Run(issuer.AnswerAsync);
        await app.StartAsync();
        return issuer;
    }

    internal static ECDsaSecurityKey NewKey() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Guid.NewGuid().ToString("N") };

    internal static SigningCredentials Signing(SecurityKey key) => new(key, key is ECDsaSecurityKey ? SecurityAlgorithms.EcdsaSha256 : SecurityAlgorithms.RsaSha256);

    /// <summary>From now on another key signs; the one before is not published any longer.</summary>
    internal void Rotate() => Key = NewKey();

    /// <summary>An access token as it should be, or not.</summary>
    internal string AccessToken(Action<SecurityTokenDescriptor>? change = null)
    {
        var descriptor = Describe(Audience, new Dictionary<string, object>(Claims));
        change?.Invoke(descriptor);
        return Sign(descriptor);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static string Sign(SecurityTokenDescriptor descriptor) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);

    private SecurityTokenDescriptor Describe(string audience, Dictionary<string, object> claims)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return new SecurityTokenDescriptor
        {
            Issuer = Url,
            Audience = audience,
            Claims = claims,
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddMinutes(5),
            SigningCredentials = Signing(Key),
        };
    }

    private Task AnswerAsync(HttpContext http) => IsDown ? Refuse(http, StatusCodes.Status503ServiceUnavailable, "down") : http.Request.Path.Value switch
    {
        "/.well-known/openid-configuration" => http.Response.WriteAsJsonAsync(new Dictionary<string, object>
        {
            ["issuer"] = Url,
            ["authorization_endpoint"] = $"{Url}/authorize",
            ["token_endpoint"] = $"{Url}/token",
            ["jwks_uri"] = $"{Url}/keys",
            ["response_types_supported"] = (string[])["code"],
            ["subject_types_supported"] = (string[])["public"],
            ["id_token_signing_alg_values_supported"] = (string[])["RS256"],
        }),
        "/keys" => Keys(http),
        "/authorize" => Authorize(http),
        "/token" => TokenAsync(http),
        _ => Refuse(http, StatusCodes.Status404NotFound, "not_found"),
    };

    private Task Keys(HttpContext http)
    {
        KeysAsked++;
        var key = Key switch
        {
            ECDsaSecurityKey ec => JsonWebKeyConverter.ConvertFromECDsaSecurityKey(ec),
            _ => JsonWebKeyConverter.ConvertFromRSASecurityKey((RsaSecurityKey)Key),
        };
        return http.Response.WriteAsJsonAsync(new Dictionary<string, object>
        {
            ["keys"] = (object[])[new { kty = key.Kty, kid = key.Kid, crv = key.Crv, x = key.X, y = key.Y, n = key.N, e = key.E }],
        });
    }

    // A person would be asked for a password here.
    private Task Authorize(HttpContext http)
    {
        var asked = http.Request.Query.ToDictionary(p => p.Key, p => p.Value.ToString());
        Asked.Enqueue(asked);
        if (asked.GetValueOrDefault("code_challenge_method") != "S256" || !asked.TryGetValue("code_challenge", out var challenge) || asked.GetValueOrDefault("client_id") != ClientId)
            return Refuse(http, StatusCodes.Status400BadRequest, "invalid_request");
        var code = Guid.NewGuid().ToString("N");
        _codes[code] = (challenge, asked["redirect_uri"], asked.GetValueOrDefault("nonce"));
        http.Response.Redirect(QueryHelpers.AddQueryString(
            asked["redirect_uri"], Redirecting(new Dictionary<string, string?> { ["code"] = code, ["state"] = asked["state"], ["iss"] = Url })));
        return Task.CompletedTask;
    }

    private async Task TokenAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var proven = Base64UrlEncoder.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (!_codes.TryRemove(form["code"].ToString(), out var code) || form["grant_type"] != "authorization_code"
            || code.Challenge != proven || code.Redirect != form["redirect_uri"] || form["client_id"] != ClientId)
        {
            await Refuse(http, StatusCodes.Status400BadRequest, "invalid_grant");
            return;
        }
        var claims = new Dictionary<string, object>(Claims);
        if (code.Nonce is not null)
            claims["nonce"] = code.Nonce;
        var id = Describe(ClientId, claims);
        IdToken(id);
        var access = AccessToken();
        Given.Enqueue(access);
        await http.Response.WriteAsJsonAsync(new Dictionary<string, object>
        {
            ["access_token"] = access,
            ["token_type"] = "Bearer",
            ["expires_in"] = 300,
            ["id_token"] = Sign(id),
        });
    }

    private static Task Refuse(HttpContext http, int status, string error)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(JsonSerializer.Serialize(new Dictionary<string, string> { ["error"] = error }));
    }
}
