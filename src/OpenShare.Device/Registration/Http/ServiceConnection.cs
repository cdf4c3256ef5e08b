using System.Net.Security;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration.Http;

/// <summary>The HTTPS connections to one contact.</summary>
internal sealed class ServiceConnection : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // Long enough that a poll every few seconds does not shake hands anew, short enough to follow a changed address.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);

    private const int HeadersKib = 32;

    private readonly HttpMessageInvoker _http;

    /// <param name="connect">what carries the requests, judging TLS by these options</param>
    internal ServiceConnection(ServiceContact contact, Func<SslClientAuthenticationOptions, HttpMessageHandler> connect)
    {
        Contact = contact;
        Gate = new TlsGate(contact);
        _http = new HttpMessageInvoker(connect(Gate.Options));
    }

    internal static HttpMessageHandler OverSockets(SslClientAuthenticationOptions tls) => new SocketsHttpHandler
    {
        SslOptions = tls,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        MaxResponseHeadersLength = HeadersKib,
        // Only the service itself is asked: nothing the environment or an answer says leads elsewhere.
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    };

    internal ServiceContact Contact { get; }

    internal TlsGate Gate { get; }

    internal Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellation) => _http.SendAsync(request, cancellation);

    public void Dispose() => _http.Dispose();
}
