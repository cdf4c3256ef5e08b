namespace OpenShare.Agent.Documents;

/// <summary>What <c>openshare doctor --json</c> prints.</summary>
/// <param name="Healthy">no finding is a problem</param>
/// <param name="Seconds">how long it looked</param>
public sealed record DoctorDocument(bool Healthy, int Problems, int Notes, double Seconds, IReadOnlyList<FindingDocument> Findings);

/// <param name="Code">what scripts go by: docs/doctor.md lists them</param>
/// <param name="Severity">ok, note or problem</param>
/// <param name="About">the device or interface it is about; null: this device</param>
/// <param name="What">what is so</param>
/// <param name="Why">what comes of it; null where all is well</param>
/// <param name="Fix">what to do; null where all is well</param>
/// <param name="Command">what to type for it, where there is such a thing</param>
public sealed record FindingDocument(string Code, string Severity, string? About, string What, string? Why, string? Fix, string? Command);
