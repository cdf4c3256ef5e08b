namespace OpenShare.Protocol.Registration;

/// <summary>Where the registration machine stands, as a person is told.</summary>
public abstract record RegistrationStatus
{
    private RegistrationStatus() { }

    public sealed record Unregistered : RegistrationStatus;

    /// <param name="NextAttemptAt">null while an attempt is running</param>
    public sealed record Underway(Uri Server, int Attempts, string? LastProblem, DateTimeOffset? NextAttemptAt) : RegistrationStatus;

    /// <summary>Another device vouches for this one, and the service is asked for a certificate of its own.</summary>
    /// <param name="NextAttemptAt">null while an attempt is running</param>
    /// <param name="AwaitsAdministrator">the service has it wait for an administrator's yes</param>
    public sealed record Provisional(Uri Server, int Attempts, string? LastProblem, DateTimeOffset? NextAttemptAt, bool AwaitsAdministrator = false) : RegistrationStatus;

    public sealed record Certified(Uri Server) : RegistrationStatus;

    public sealed record Refused(RegistrationRefusal Reason, string Detail) : RegistrationStatus;
}
