using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Registration.Keys.Vault;

/// <summary>The way to Vault: one request, one answer. Whatever else comes is said by a <see cref="UserError"/>, which has no token in it.</summary>
internal sealed class VaultLink : IDisposable
{
    /// <summary>How long one request may take; somebody waits for a certificate meanwhile.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Each try at a Vault that is away takes its time, and all writers of the service would queue for theirs.
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of an answer: a key with a thousand versions.</summary>
    private const int MaxAnswer = 1024 * 1024;

    private readonly VaultAddress _address;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private volatile Away? _away;

    public VaultLink(VaultAddress address, TimeProvider time, TimeSpan? patience = null)
    {
        (_address, _time) = (address, time);
        // A redirection would carry the token to wherever it leads.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (address.AuthoritiesFile is { } file)
            handler.SslOptions.CertificateChainPolicy = Trusting(file);
        _http = new HttpClient(handler) { BaseAddress = address.Engine, Timeout = patience ?? Patience, MaxResponseContentBufferSize = MaxAnswer };
    }

    /// <returns>null: there is nothing by that name</returns>
    /// <exception cref="UserError">Vault is out of reach, sealed, refuses, or says what is not understood</exception>
    public T? Find<T>(string path) where T : class => Ask(HttpMethod.Get, path, body: null, response =>
        response.StatusCode == HttpStatusCode.NotFound ? null : Data<T>(response));

    /// <inheritdoc cref="Find"/>
    public T Post<T>(string path, object body) where T : class => Ask(HttpMethod.Post, path, body, Data<T>);

    /// <summary>For what is answered with nothing, or by newer versions with what is not needed here.</summary>
    /// <inheritdoc cref="Find"/>
    public void Do(HttpMethod method, string path, object? body = null) => Ask(method, path, body, response => Accepted(response).StatusCode);

    public void Dispose() => _http.Dispose();

    private T Ask<T>(HttpMethod method, string path, object? body, Func<HttpResponseMessage, T> read)
    {
        if (_away is { } away && _time.GetElapsedTime(away.Since) < BetweenTries)
            throw away.Failure;
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Vault-Token", _address.ReadToken());
        // A Vault agent may take no request without it: no page in a browser can send it.
        request.Headers.Add("X-Vault-Request", "true");
        if (body is not null)
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), RegistrationJson.Options)) { Headers = { ContentType = new("application/json") } };
        try
        {
            using var response = _http.Send(request);
            var answer = read(response);
            _away = null;
            return answer;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            var why = error is OperationCanceledException ? $"it did not answer within {_http.Timeout.TotalSeconds} seconds" : error.InnerException?.Message ?? error.Message;
            var failure = new UserError($"{_address} cannot be reached: {why}");
            _away = new Away(_time.GetTimestamp(), failure);
            throw failure;
        }
    }

    private HttpResponseMessage Accepted(HttpResponseMessage response) => response.IsSuccessStatusCode ? response : throw Refused(response);

    private UserError Refused(HttpResponseMessage response)
    {
        var said = string.Join("; ", TryRead<VaultMessages.Failure>(response)?.Errors ?? []);
        var why = said.Length > 0 ? Printable.Shorten(said.ReplaceLineEndings(" ")) : $"status {(int)response.StatusCode}";
        return new UserError(response.StatusCode == HttpStatusCode.Forbidden
            ? $"{_address} does not allow this to its token: {why}. Renew the token, or let its policy allow `{response.RequestMessage!.RequestUri!.AbsolutePath["/v1/".Length..]}`."
            : $"{_address} refuses: {why}.");
    }

    private T Data<T>(HttpResponseMessage response) where T : class =>
        TryRead<VaultMessages.Answer<T>>(Accepted(response))?.Data ?? throw new UserError($"{_address} gave an answer that is not one of Vault's transit engine. Is the path in its address right?");

    private static T? TryRead<T>(HttpResponseMessage response) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(response.Content.ReadAsStream(), RegistrationJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static X509ChainPolicy Trusting(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
            return policy;
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UserError($"The authorities in {file}, which are to vouch for Vault, cannot be read: {error.Message}");
        }
    }

    private sealed record Away(long Since, UserError Failure);
}
