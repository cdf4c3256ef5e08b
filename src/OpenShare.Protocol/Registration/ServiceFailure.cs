using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Registration;

/// <summary>Why the service gave no answer that can be used.</summary>
/// <param name="Detail">in words, for a person; nothing secret</param>
public abstract record ServiceFailure(string Detail)
{
    /// <summary>Network trouble: no connection, a broken one, or no answer in time.</summary>
    public sealed record Unreachable(string Detail) : ServiceFailure(Detail);

    /// <summary>Its TLS certificate is not the one it has to be.</summary>
    public sealed record Untrusted(string Detail) : ServiceFailure(Detail);

    /// <summary>It said no.</summary>
    /// <param name="Status">of HTTP</param>
    /// <param name="Code">one of <see cref="RegistrationProblems"/> where the answer had a problem of that kind</param>
    public sealed record Refused(int Status, string? Code, string Detail) : ServiceFailure(Detail);

    /// <summary>It answered what no registration service answers.</summary>
    public sealed record Unreadable(string Detail) : ServiceFailure(Detail);

    /// <summary>True when the same request may well be answered later.</summary>
    public bool IsPassing => this switch
    {
        Unreachable => true,
        Refused refused => refused.Status is >= 500 or 429 or 425 or 408 || refused.Code is RegistrationProblems.KeyNotProven,
        _ => false,
    };

    /// <summary>The refusal that this means for a registration or renewal, for one that is not passing.</summary>
    internal RegistrationRefusal Refusal => this switch
    {
        Untrusted => RegistrationRefusal.WrongServer,
        Refused { Code: RegistrationProblems.BadToken or RegistrationProblems.TokenUsed or RegistrationProblems.TokenExpired or RegistrationProblems.BadSession } => RegistrationRefusal.BadToken,
        Refused { Code: RegistrationProblems.QuotaExceeded } => RegistrationRefusal.Quota,
        Refused { Code: RegistrationProblems.DeviceRevoked } => RegistrationRefusal.Revoked,
        _ => RegistrationRefusal.Other,
    };

    public sealed override string ToString() => $"{GetType().Name}: {Printable.Shorten(Detail)}";
}
