using System.Net;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>Where this device takes connections.</summary>
public abstract record ListeningFacts
{
    private ListeningFacts() { }

    /// <param name="Port">as it is announced</param>
    /// <param name="IsPassing">it was taken for this examination: the agent will have another</param>
    public sealed record Open(int Port, bool IsPassing = false) : ListeningFacts;

    /// <summary>Another program listens there.</summary>
    public sealed record Taken(IPEndPoint Wanted) : ListeningFacts;

    /// <summary>No interface has that address.</summary>
    public sealed record NoSuchAddress(IPEndPoint Wanted) : ListeningFacts;
}

public enum CertificateStanding
{
    Good,
    Expired,

    /// <summary>The key that issued it is the organisation's no more.</summary>
    Withdrawn,
    Revoked,
}

/// <summary>How this device stands with its organisation.</summary>
public abstract record IdentityFacts
{
    private IdentityFacts() { }

    public sealed record Unregistered : IdentityFacts;

    /// <param name="LastProblem">null before the first try has failed</param>
    public sealed record Underway(Uri Server, string? LastProblem) : IdentityFacts;

    public sealed record Refused(string Detail) : IdentityFacts;

    /// <param name="RevocationList">0: none yet</param>
    /// <param name="IsListStale">past its next update</param>
    public sealed record Registered(
        CertificateStanding Standing, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, ulong RevocationList, bool IsListStale) : IdentityFacts
    {
        /// <summary>The name of the device that has paired this one, which is not registered; null: it is.</summary>
        public string? PairedBy { get; init; }
    }
}

/// <summary>The clock of this host against those it can be held to.</summary>
/// <param name="Floor">the newest time that the organisation has put its name to</param>
/// <param name="AheadOfServer">negative: it is behind; null: the service did not prove itself</param>
public sealed record ClockFacts(DateTimeOffset Now, DateTimeOffset Floor, TimeSpan? AheadOfServer);

/// <summary>What came of a question to the registration service.</summary>
public abstract record ServerFacts
{
    private ServerFacts() { }

    /// <summary>There is no service to ask: this device is not registered.</summary>
    public sealed record NotAsked : ServerFacts;

    /// <param name="IsProven">false before registration: nothing vouches for it yet</param>
    public sealed record Answers(Uri Server, bool IsProven = true) : ServerFacts;

    public sealed record NameUnknown(Uri Server) : ServerFacts;

    public sealed record Unreachable(Uri Server, string Detail) : ServerFacts;

    /// <summary>The host is there, and nothing listens at that port.</summary>
    public sealed record NotRunning(Uri Server) : ServerFacts;

    public sealed record NotTrusted(Uri Server, string Detail) : ServerFacts;

    /// <summary>Its certificate is good but for the time, and that is this machine's.</summary>
    public sealed record NotValidNow(Uri Server) : ServerFacts;

    /// <summary>What answers is no registration service, or one in trouble.</summary>
    public sealed record Fails(Uri Server, string Detail) : ServerFacts;
}
