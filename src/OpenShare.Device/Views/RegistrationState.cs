using System.Security.Cryptography.X509Certificates;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Views;

/// <param name="Name">null: <see cref="DeviceOptions.Name"/></param>
public sealed record RegistrationOrder(Uri Server, RegistrationCredential Credential, ServerTrust ServerTrust, string? Name);

/// <summary>How the registration service proves over TLS that it is the one meant.</summary>
public abstract record ServerTrust
{
    private ServerTrust() { }

    /// <summary>By the trust root whose fingerprint the token carries: it vouches for the TLS key.</summary>
    public sealed record ByToken : ServerTrust;

    /// <summary>By the SHA-256 of its TLS certificate.</summary>
    public sealed record ByFingerprint(ReadOnlyMemory<byte> Sha256) : ServerTrust;

    /// <summary>By a chain to an authority that this system trusts.</summary>
    public sealed record BySystem : ServerTrust;

    /// <summary>By a chain to one of these certificates.</summary>
    public sealed record ByAuthority(X509Certificate2Collection Authorities) : ServerTrust;
}

public abstract record RegistrationStart
{
    private RegistrationStart() { }

    public sealed record Begun : RegistrationStart;

    /// <summary>This device has its certificate. Nothing was sent, and no token was used.</summary>
    public sealed record AlreadyRegistered : RegistrationStart;
}

/// <summary>Where the registration flow stands.</summary>
public abstract record RegistrationState
{
    private RegistrationState() { }

    public sealed record Unregistered : RegistrationState;

    /// <param name="Attempts">begun so far, from 1</param>
    /// <param name="LastProblem">why the attempt before failed, for a person</param>
    /// <param name="NextAttemptAt">null while an attempt is running</param>
    public sealed record Underway(Uri Server, int Attempts, string? LastProblem, DateTimeOffset? NextAttemptAt) : RegistrationState;

    /// <summary>Another device vouches for this one, and the service is asked for a certificate of its own.</summary>
    /// <param name="Attempts">as of one that is underway, and so the rest</param>
    /// <param name="AwaitsAdministrator">the service has it wait for an administrator's yes</param>
    public sealed record Provisional(Uri Server, int Attempts, string? LastProblem, DateTimeOffset? NextAttemptAt, bool AwaitsAdministrator = false) : RegistrationState;

    public sealed record Certified(Uri Server) : RegistrationState;

    /// <summary>The service said no for good: nothing is tried again by itself.</summary>
    public sealed record Refused(RegistrationRefusal Reason, string Detail) : RegistrationState;
}
