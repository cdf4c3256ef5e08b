using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text.Json;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Registration.Http;

/// <summary>The registration service over HTTPS.</summary>
public sealed class HttpRegistrationService : IRegistrationService, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Bytes of any answer but a revocation list: a trust root at its limit as base64url, with room.</summary>
    private const int MaxAnswer = 2 * Limits.SignedPayload;

    private const int MaxListAnswer = Limits.RevocationList / 3 * 4 + 64 * 1024;

    private const int MaxDeltaAnswer = Limits.RevocationDelta / 3 * 4 + 1024;

    private readonly Func<ServiceContact, ServiceConnection> _connect;
    private readonly ServiceConnections _connections;
    private readonly TimeProvider _time;

    public HttpRegistrationService() : this(ServiceConnection.OverSockets, TimeProvider.System)
    {
    }

    /// <param name="carry">what carries the requests to a contact, judging TLS by these options</param>
    internal HttpRegistrationService(Func<SslClientAuthenticationOptions, HttpMessageHandler> carry, TimeProvider time)
    {
        (_connect, _time) = (contact => new ServiceConnection(contact, carry), time);
        _connections = new ServiceConnections(_connect);
    }

    public async Task<ServiceAnswer<ServiceShown>> GetTrustRoot(ServiceContact contact, CancellationToken cancellation)
    {
        try
        {
            // An unproven contact gets a connection of its own, so that the key it showed is that of this very answer.
            using var own = contact.IsUnproven ? _connect(contact) : null;
            var connection = own ?? _connections.To(contact);
            using var request = new HttpRequestMessage(HttpMethod.Get, At(contact, RegistrationPaths.TrustRoot));
            var answer = await Send(connection, request, Patience, MaxAnswer, Json<RegistrationMessages.TrustRootResponse>, cancellation).ConfigureAwait(false);
            return answer switch
            {
                ServiceAnswer<RegistrationMessages.TrustRootResponse>.Good good => new ServiceShown(good.Value, connection.Gate.SpkiSha256),
                ServiceAnswer<RegistrationMessages.TrustRootResponse>.Failed failed => failed.Failure,
                _ => throw new InvalidOperationException(),
            };
        }
        catch (ProtocolException error)
        {
            return new ServiceFailure.Untrusted(error.Message);
        }
    }

    public Task<ServiceAnswer<RegistrationMessages.Challenge>> GetChallenge(ServiceContact contact, CancellationToken cancellation) =>
        SendProven(contact, HttpMethod.Post, RegistrationPaths.Challenge, null, Patience, MaxAnswer, Json<RegistrationMessages.Challenge>, cancellation);

    public Task<ServiceAnswer<RegistrationMessages.RegisterResponse>> Register(
        ServiceContact contact, RegistrationMessages.RegisterRequest request, RegistrationCredential credential, CancellationToken cancellation) =>
        SendProven(contact, HttpMethod.Post, RegistrationPaths.Register, http =>
        {
            http.Content = Body(request);
            http.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.Secret);
        }, Patience, MaxAnswer, Json<RegistrationMessages.RegisterResponse>, cancellation);

    /// <summary>Where a person logs in. A service where nobody can says so with 404, as does one that knows of no logins.</summary>
    public Task<ServiceAnswer<RegistrationMessages.LoginResponse>> GetLogin(ServiceContact contact, CancellationToken cancellation) =>
        SendProven(contact, HttpMethod.Get, RegistrationPaths.Login, null, Patience, MaxAnswer, Json<RegistrationMessages.LoginResponse>, cancellation);

    /// <summary>The account whose devices the session may register.</summary>
    public Task<ServiceAnswer<RegistrationMessages.LoginAccountResponse>> GetLoginAccount(ServiceContact contact, string jwt, CancellationToken cancellation) =>
        SendProven(contact, HttpMethod.Get, RegistrationPaths.LoginAccount, http => http.Headers.Authorization = new AuthenticationHeaderValue("Bearer", jwt),
            Patience, MaxAnswer, Json<RegistrationMessages.LoginAccountResponse>, cancellation);

    public Task<ServiceAnswer<RegistrationMessages.RegisterResponse>> Promote(
        ServiceContact contact, RegistrationMessages.PromoteRequest request, CancellationToken cancellation) =>
        Post(contact, RegistrationPaths.Promote, request, Json<RegistrationMessages.RegisterResponse>, cancellation);

    public Task<ServiceAnswer<RegistrationMessages.WithdrawResponse>> Withdraw(
        ServiceContact contact, RegistrationMessages.WithdrawRequest request, CancellationToken cancellation) =>
        Post(contact, RegistrationPaths.Withdraw, request, Json<RegistrationMessages.WithdrawResponse>, cancellation);

    public Task<ServiceAnswer<RegistrationMessages.RegisterResponse>> Renew(
        ServiceContact contact, RegistrationMessages.RenewRequest request, CancellationToken cancellation) =>
        Post(contact, RegistrationPaths.Renew, request, Json<RegistrationMessages.RegisterResponse>, cancellation);

    public Task<ServiceAnswer<DiscoveryKey>> GetDiscoveryKey(
        ServiceContact contact, RegistrationMessages.DiscoveryKeyRequest request, CancellationToken cancellation) =>
        Post(contact, RegistrationPaths.DiscoveryKey, request, (response, body) => DiscoveryKey.Parse(Json<RegistrationMessages.DiscoveryKeyResponse>(response, body).DiscoveryKey), cancellation);

    public Task<ServiceAnswer<RevocationAnswer>> GetRevocationList(
        ServiceContact contact, ulong after, string? etag, TimeSpan wait, CancellationToken cancellation) =>
        AskForNews(contact, $"{RegistrationPaths.RevocationList}?after={after}", etag, wait, MaxListAnswer, ReadList, cancellation);

    public Task<ServiceAnswer<RevocationAnswer>> GetRevocationDelta(
        ServiceContact contact, ulong from, string? etag, TimeSpan wait, CancellationToken cancellation) =>
        AskForNews(contact, $"{RegistrationPaths.RevocationDelta}?from={from}", etag, wait, MaxDeltaAnswer, ReadDelta, cancellation);

    private Task<ServiceAnswer<RevocationAnswer>> AskForNews(
        ServiceContact contact, string path, string? etag, TimeSpan wait, int limit, Func<HttpResponseMessage, ReadOnlyMemory<byte>, RevocationAnswer> read,
        CancellationToken cancellation) =>
        SendProven(contact, HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{path}&wait={(int)wait.TotalSeconds}"), http =>
        {
            if (etag is not null)
                http.Headers.TryAddWithoutValidation("If-None-Match", etag);
        }, wait + Patience, limit, (response, body) => response.StatusCode == HttpStatusCode.NotModified ? new RevocationAnswer.NotModified() : read(response, body), cancellation);

    public void Dispose() => _connections.Dispose();

    private Task<ServiceAnswer<T>> Post<TBody, T>(
        ServiceContact contact, string path, TBody request, Func<HttpResponseMessage, ReadOnlyMemory<byte>, T> read, CancellationToken cancellation) =>
        SendProven(contact, HttpMethod.Post, path, http => http.Content = Body(request), Patience, MaxAnswer, read, cancellation);

    private async Task<ServiceAnswer<T>> SendProven<T>(
        ServiceContact contact, HttpMethod method, string path, Action<HttpRequestMessage>? fill, TimeSpan patience, int limit,
        Func<HttpResponseMessage, ReadOnlyMemory<byte>, T> read, CancellationToken cancellation)
    {
        if (contact.IsUnproven)
            throw new ArgumentException($"{contact.Server} has not proven its TLS key: only its trust root may be asked for.", nameof(contact));
        try
        {
            using var request = new HttpRequestMessage(method, At(contact, path));
            fill?.Invoke(request);
            return await Send(_connections.To(contact), request, patience, limit, read, cancellation).ConfigureAwait(false);
        }
        catch (ProtocolException error)
        {
            return new ServiceFailure.Untrusted(error.Message);
        }
    }

    private async Task<ServiceAnswer<T>> Send<T>(
        ServiceConnection connection, HttpRequestMessage request, TimeSpan patience, int limit,
        Func<HttpResponseMessage, ReadOnlyMemory<byte>, T> read, CancellationToken cancellation)
    {
        var server = connection.Contact.Server;
        using var late = new CancellationTokenSource(patience, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            using var response = await connection.Send(request, deadline.Token).ConfigureAwait(false);
            if (await BoundedBody.Read(response.Content, limit, deadline.Token).ConfigureAwait(false) is not { } body)
                return ServiceTrouble.TooLong(server);
            return response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified
                ? read(response, body)
                : ProblemAnswer.Read(server, response, body);
        }
        catch (HttpRequestException error)
        {
            return ServiceTrouble.Of(error, connection);
        }
        catch (OperationCanceledException)
        {
            return ServiceTrouble.Late(server);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            return ServiceTrouble.Broken(server);
        }
        catch (Exception error) when (error is JsonException or ProtocolException)
        {
            return ServiceTrouble.Strange(server, "its answer cannot be read");
        }
    }

    private static T Json<T>(HttpResponseMessage response, ReadOnlyMemory<byte> body) =>
        JsonSerializer.Deserialize<T>(body.Span, RegistrationJson.Options) ?? throw new JsonException("null");

    private static RevocationAnswer.List ReadList(HttpResponseMessage response, ReadOnlyMemory<byte> body) => new(
        SignedBlobs.Parse(Json<RegistrationMessages.RevocationListResponse>(response, body).Crl, "revocation list", Limits.RevocationList), response.Headers.ETag?.ToString());

    private static RevocationAnswer.Delta ReadDelta(HttpResponseMessage response, ReadOnlyMemory<byte> body) => new(
        RevocationDelta.Parse(Json<RegistrationMessages.RevocationDeltaResponse>(response, body).Delta), response.Headers.ETag?.ToString());

    private static ByteArrayContent Body<T>(T message) => new(JsonSerializer.SerializeToUtf8Bytes(message, RegistrationJson.Options))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };

    // A service may live below a path of its host.
    private static Uri At(ServiceContact contact, string path) => new(contact.Server.GetLeftPart(UriPartial.Path).TrimEnd('/') + path);
}
