using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Http;
using OpenShare.Registration.Keys.Tls;
using OpenShare.Registration.Telemetry;

namespace OpenShare.Registration.Hosting;

/// <summary>Where the service listens, and how much it listens to.</summary>
internal static class Listening
{
    public static void Configure(KestrelServerOptions kestrel, RegistrationOptions options, ShownCertificate shown)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = JsonBody.MaxSize;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        var limits = new ConnectionLimits(options);
        foreach (var url in options.Urls)
        {
            kestrel.Listen(url.Address, url.Port, listen =>
            {
                limits.Enforce(listen);
                listen.UseHttps(Tls(shown, asksForCertificate: options.AdminAuthoritiesFile is not null));
            });
        }
        if (options.MetricsUrl is { } metrics)
            MetricsListener.Listen(kestrel, metrics, new ConnectionLimits(options));
        OwnerSocket.Listen(kestrel, options.Data.Socket);
    }

    private static TlsHandshakeCallbackOptions Tls(ShownCertificate shown, bool asksForCertificate) => new()
    {
        OnConnection = handshake =>
        {
            var certificate = shown.Current;
            // What was shown here is vouched for here, also after the certificate was exchanged (TrustRootEndpoint).
            handshake.Connection.Features.Set(certificate);
            return ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate.Context,
                EnabledSslProtocols = SslProtocols.Tls13,
                ClientCertificateRequired = asksForCertificate,
                // Devices have none. Whose one is, and whether it counts, is asked where it matters (AdminAccess).
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is null || asksForCertificate,
            });
        },
    };
}
