using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Keys;

namespace OpenShare.Registration.Hosting.Health;

/// <summary>Whether the keys that sign certificates and revocation lists answer.</summary>
internal sealed class SigningHealth(OrganisationTrust trust, TimeProvider time) : IHealthCheck
{
    // Nothing that is signed begins so (SignatureContext); and this signature is shown to nobody.
    private static readonly byte[] Probe = "health"u8.ToArray();

    private readonly SharedSigning<uint, HealthCheckResult> _last = new(goodFor: TimeSpan.FromSeconds(2), time);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        _last.GetAsync(trust.Newest.Version, Look).WaitAsync(cancellationToken);

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
