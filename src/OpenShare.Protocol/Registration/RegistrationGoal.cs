using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Registration;

/// <summary>What the machine is after: a first certificate by a token or session, or the next one by the device's own key: of a provisional one, its promotion.</summary>
internal abstract record RegistrationGoal(Uri Server, string? ServerTrust, AccountId Account, string Name)
{
    internal abstract RetryDelay Retry { get; }

    /// <summary>From one time to the next that an administrator has not said yes yet, however often the service was not in reach before.</summary>
    internal static RetryDelay Awaited { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));

    internal sealed record FirstCertificate(RegistrationPlan Plan)
        : RegistrationGoal(Plan.Server, Plan.ServerTrust, Plan.Credential.Account, Plan.Name)
    {
        internal override RetryDelay Retry { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
    }

    internal sealed record NextCertificate(HeldRegistration Held)
        : RegistrationGoal(Held.Server, Held.ServerTrust, Held.Issued.Certificate.Account, Held.Issued.Certificate.Name)
    {
        internal bool IsPromotion => Held.Issued.Certificate.IsProvisional;

        // For a renewal a third of the certificate's life is left: months, as a rule. A paired device may reach the service for minutes a day.
        internal override RetryDelay Retry { get; } = Held.Issued.Certificate.IsProvisional
            ? new(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5))
            : new(TimeSpan.FromSeconds(10), TimeSpan.FromHours(1));
    }
}
