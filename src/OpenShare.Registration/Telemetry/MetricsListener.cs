using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenShare.Registration.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenShare.Registration.Telemetry;

/// <summary>Where Prometheus reads what the service counts: an address of its own, since whoever may register need not know of it.</summary>
internal static class MetricsListener
{
    public const string Path = "/metrics";

    public static void Add(IServiceCollection services) => services.AddOpenTelemetry()
        .ConfigureResource(r => r.AddService("openshare-server"))
        // With what the platform and the database's driver count themselves.
        .WithMetrics(metrics => metrics
            .AddMeter(ServiceMetrics.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime")
            .AddPrometheusExporter());

    public static void Listen(KestrelServerOptions kestrel, ListenUrl url, ConnectionLimits limits) => kestrel.Listen(url.Address, url.Port, listen =>
    {
        limits.Enforce(listen);
        listen.Use(next => connection =>
        {
            connection.Features.Set(new CameByMetricsListener());
            return next(connection);
        });
    });

    /// <summary>Answers there what it is for, and nothing else.</summary>
    public static void Use(IApplicationBuilder app) => app.MapWhen(http => http.Features.Get<CameByMetricsListener>() is not null, branch =>
    {
        branch.UseOpenTelemetryPrometheusScrapingEndpoint(Path);
        branch.Run(http =>
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    });

    private sealed class CameByMetricsListener;
}
