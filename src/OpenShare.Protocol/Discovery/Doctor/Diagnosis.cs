using System.Collections.Immutable;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>What the facts come to: why this device may not see or reach another, or be seen or reached (docs/doctor.md).</summary>
public sealed record Diagnosis(ImmutableArray<Finding> Findings)
{
    public bool IsHealthy => !Findings.Any(f => f.Severity == Severity.Problem);

    /// <summary>The findings, what comes first in the way of a packet first.</summary>
    public static Diagnosis Of(DoctorFacts facts) => new(
    [
        .. NetworkRules.Judge(facts),
        .. PortRules.Judge(facts),
        .. MulticastRules.Judge(facts),
        .. BroadcastRules.Judge(facts),
        .. DeviceRules.Judge(facts),
        .. IdentityRules.Judge(facts),
        .. PairingRules.Judge(facts),
        .. ClockRules.Judge(facts),
        .. ServerRules.Judge(facts),
    ]);
}
