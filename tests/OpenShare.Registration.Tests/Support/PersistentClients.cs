using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OpenShare.Registration.Tests.Support;

/// <summary>Clients of one service that ask again, as devices do, until they are answered one way or the other.</summary>
internal sealed class PersistentClients : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BackOff = TimeSpan.FromMilliseconds(50);

    private readonly SocketsHttpHandler _handler = new();
    private readonly Uri _url;
    private int _last;
    private int _failed;

    /// <param name="certificate">what the service shows</param>
    public PersistentClients(Uri url, X509Certificate2 certificate)
    {
        var expected = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        _handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString(HashAlgorithmName.SHA256) == expected;
        _url = url;
    }

    /// <summary>Requests that had to be made again.</summary>
    public int Failed => _failed;

    /// <summary>One with an address of its own, as far as its proxy's word counts.</summary>
    public HttpClient New()
    {
        var n = Interlocked.Increment(ref _last);
        var client = new HttpClient(new AskAgain(this), disposeHandler: false) { BaseAddress = _url, Timeout = Patience };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", $"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}");
        return client;
    }

    public void Dispose() => _handler.Dispose();

    private sealed class AskAgain(PersistentClients owner) : DelegatingHandler(owner._handler)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content is not null)
                await request.Content.LoadIntoBufferAsync(cancellationToken);
            while (true)
            {
                try
                {
                    var response = await base.SendAsync(request, cancellationToken);
                    if (response.StatusCode < HttpStatusCode.InternalServerError)
                        return response;
                    // Whatever else fails is a fault of the service.
                    Assert.True(response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
                        $"{request.RequestUri}: {response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
                    response.Dispose();
                }
                catch (HttpRequestException)
                {
                    // The connection was lost.
                }
                Interlocked.Increment(ref owner._failed);
                await Task.Delay(BackOff, cancellationToken);
            }
        }
    }
}
