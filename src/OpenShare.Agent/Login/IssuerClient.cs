using System.Text.Json;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using OpenShare.Agent.Documents;
using OpenShare.Protocol.Identity;

namespace OpenShare.Agent.Login;

/// <summary>An OpenID Connect issuer, asked over HTTPS: where it is, and what a code is worth.</summary>
internal sealed class IssuerClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private const int LongestAnswer = 1024 * 1024;

    private readonly Uri _issuer;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = LongestAnswer,
    };

    /// <exception cref="LoginException">it is no address to log in at</exception>
    internal IssuerClient(string issuer)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var url) || !IsAllowed(url, isHttps: false))
            throw new LoginException(ProblemCodes.LoginFailed, $"The server says to log in at '{Printable.Shorten(issuer)}', which is no https:// address. Ask your administrator.");
        _issuer = url;
        Issuer = issuer;
    }

    internal string Issuer { get; }

    /// <summary>Its discovery document, with its keys.</summary>
    /// <exception cref="LoginException">it cannot be reached, or is another</exception>
    internal async Task<OpenIdConnectConfiguration> DiscoverAsync(CancellationToken cancellation)
    {
        var found = await AskAsync(async () => await OpenIdConnectConfigurationRetriever.GetAsync(
            Issuer.TrimEnd('/') + "/.well-known/openid-configuration",
            new HttpDocumentRetriever(_http) { RequireHttps = IsHttps }, cancellation), cancellation);
        if (found.Issuer != Issuer)
            throw Strange("its discovery document is of another issuer");
        foreach (var endpoint in (string[])[found.AuthorizationEndpoint, found.TokenEndpoint])
        {
            if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || !IsAllowed(url, IsHttps))
                throw Strange("its discovery document names an endpoint that is no https:// address");
        }
        return found;
    }

    /// <summary>Exchanges a code for tokens.</summary>
    /// <exception cref="LoginException">the issuer does not</exception>
    internal Task<OpenIdConnectMessage> RedeemAsync(string tokenEndpoint, IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancellation) => AskAsync(async () =>
    {
        using var content = new FormUrlEncodedContent(form);
        using var response = await _http.PostAsync(new Uri(tokenEndpoint), content, cancellation);
        var answer = new OpenIdConnectMessage(await response.Content.ReadAsStringAsync(cancellation));
        return response.IsSuccessStatusCode && answer.Error is null ? answer : throw new LoginException(
            ProblemCodes.LoginFailed, $"{_issuer.Authority} did not accept the login: {Printable.Shorten(answer.Error ?? $"HTTP {(int)response.StatusCode}", 80)}. Log in again.");
    }, cancellation);

    internal LoginException Strange(string how) =>
        new(ProblemCodes.LoginFailed, $"{_issuer.Authority} does not answer as an OpenID Connect issuer does: {how}. Ask your administrator.");

    public void Dispose() => _http.Dispose();

    private bool IsHttps => _issuer.Scheme == Uri.UriSchemeHttps;

    // Over http anybody on the way could log in as anybody; what stays on this machine is not on the way.
    private static bool IsAllowed(Uri url, bool isHttps) => url.Scheme == Uri.UriSchemeHttps || (!isHttps && url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            return await ask();
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new LoginException(ProblemCodes.ServerUnreachable, $"{_issuer.Authority}, where you are to log in, cannot be reached or does not answer as it should.");
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            throw Strange("its answer cannot be read");
        }
    }
}
