using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Keys;

namespace OpenShare.Registration.Hosting.Health;

/// <summary>Whether the keys that sign certificates and revocation lists answer.</summary>
internal sealed class SigningHealth(OrganisationTrust trust, TimeProvider time) : IHealthCheck
{
    // Anybody may ask, and a token signs slowly.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(2);

    // Nothing that is signed begins so (SignatureContext); and this signature is shown to nobody.
    private static readonly byte[] Probe = "health"u8.ToArray();

    private readonly Lock _lock = new();
    private (HealthCheckResult Result, DateTimeOffset At)? _last;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_last is not { } last || now < last.At || now >= last.At + GoodFor)
                _last = last = (Look(), now);
            return Task.FromResult(last.Result);
        }
    }

    private HealthCheckResult Look()
    {
        try
        {
            foreach (var role in (TrustKey.Types.Role[])[TrustKey.Types.Role.Issuing, TrustKey.Types.Role.Crl])
                trust.SignerFor(role).Sign(Probe);
            return HealthCheckResult.Healthy();
        }
        catch (UserError away)
        {
            return HealthCheckResult.Unhealthy(away.Message);
        }
    }
}
