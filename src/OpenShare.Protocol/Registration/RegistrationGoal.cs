using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Registration;

/// <summary>What the machine is after: a first certificate by a token or session, or the next one by the device's own key.</summary>
internal abstract record RegistrationGoal(Uri Server, string? ServerTrust, AccountId Account, string Name)
{
    internal abstract RetryDelay Retry { get; }

    internal sealed record FirstCertificate(RegistrationPlan Plan)
        : RegistrationGoal(Plan.Server, Plan.ServerTrust, Plan.Credential.Account, Plan.Name)
    {
        internal override RetryDelay Retry { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
    }

    internal sealed record NextCertificate(HeldRegistration Held)
        : RegistrationGoal(Held.Server, Held.ServerTrust, Held.Issued.Certificate.Account, Held.Issued.Certificate.Name)
    {
        // A third of the certificate's life is left: months, as a rule.
        internal override RetryDelay Retry { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromHours(1));
    }
}
