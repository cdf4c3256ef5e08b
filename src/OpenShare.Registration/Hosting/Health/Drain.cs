using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OpenShare.Registration.Hosting.Health;

/// <summary>
/// How the service ends: it says that it is not ready and lets nobody wait for news any longer, goes on answering for as long as a load
/// balancer needs to notice, and then takes nothing new and finishes what is under way.
/// </summary>
internal sealed class Drain(IHostApplicationLifetime life, TimeSpan delay, TimeProvider time) : IHostedLifecycleService, IHealthCheck
{
    private bool HasBegun => life.ApplicationStopping.IsCancellationRequested;

    // Before anything is stopped, listening included.
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        life.StopApplication();
        return Task.Delay(delay, time, cancellationToken);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HasBegun ? HealthCheckResult.Unhealthy("The service is stopping.") : HealthCheckResult.Healthy());

    /// <summary>A connection that stayed open would bring its next request here.</summary>
    public Task HangUpAfterAsync(HttpContext http, RequestDelegate next)
    {
        if (HasBegun)
            http.Response.Headers.Connection = "close";
        return next(http);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
