using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Hosting.Health;

/// <summary>What a service manager and a load balancer ask. Why something is not well the log says, and nobody else.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Add(IServiceCollection services, RegistrationCore core)
    {
        services.AddSingleton(s => new Drain(s.GetRequiredService<IHostApplicationLifetime>(), core.Options.DrainDelay, core.Time));
        services.AddHostedService(s => s.GetRequiredService<Drain>());
        services.Configure<HostOptions>(host => host.ShutdownTimeout = core.Options.DrainDelay + core.Options.DrainPatience);
        services.AddSingleton(new DatabaseHealth(core.Store)).AddSingleton(new SigningHealth(core.Organisation, core.Time));
        services.AddHealthChecks()
            .AddCheck<Drain>("accepting", failureStatus: null, tags: [], Patience)
            .AddCheck<DatabaseHealth>("database", failureStatus: null, tags: [], Patience)
            .AddCheck<SigningHealth>("signing", failureStatus: null, tags: [], Patience);
    }

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(RegistrationPaths.Health, () => TypedResults.Json(new Alive("ok"), RegistrationJson.Options))
            .WithName("health").WithSummary("Answers while the service runs.").RequireRateLimiting(RateLimits.Reads);
        // Nothing is looked at: a service whose database is away is not to be started anew.
        app.MapHealthChecks(RegistrationPaths.Live, new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .RequireRateLimiting(RateLimits.Reads);
        app.MapHealthChecks(RegistrationPaths.Ready, new HealthCheckOptions { ResponseWriter = WriteAsync })
            .RequireRateLimiting(RateLimits.Reads);
    }

    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(new
    {
        status = Word(report.Status),
        checks = report.Entries.ToDictionary(e => e.Key, e => Word(e.Value.Status)),
    });

    internal sealed record Alive(string Status);

    private static string Word(HealthStatus status) => status.ToString().ToLowerInvariant();
}
