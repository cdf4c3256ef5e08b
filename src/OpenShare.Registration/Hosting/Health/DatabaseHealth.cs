using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Hosting.Health;

/// <summary>Whether the database answers.</summary>
internal sealed class DatabaseHealth(Store store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.ReadAsync(db => db.CurrentAsync(CounterRow.Serial, cancellationToken));
            return HealthCheckResult.Healthy();
        }
        catch (DatabaseAway away)
        {
            return HealthCheckResult.Unhealthy(away.Message);
        }
    }
}
