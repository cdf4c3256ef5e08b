using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Revocation;

/// <summary>Whose lists this device believes, and where the newest one is asked for.</summary>
/// <param name="ServerTrust">as in <see cref="ServiceContact"/></param>
public sealed record RevocationSource(Uri Server, string? ServerTrust, TrustRoot Trust);

/// <summary>How often the service is asked.</summary>
/// <param name="Interval">
/// Seconds, 1 to 60. Each question waits so long at the service for news; after an answer without news the next is
/// asked four fifths to all of that after the one before, at random, however soon the answer came.
/// </param>
/// <param name="IsPolling">false: only when a person asks</param>
public sealed record RevocationPace(TimeSpan Interval, bool IsPolling)
{
    public static readonly RevocationPace Default = new(TimeSpan.FromSeconds(5), IsPolling: true);

    public static readonly RevocationPace OnDemand = Default with { IsPolling = false };
}

/// <summary>What the service answers to a question for a newer list.</summary>
public abstract record RevocationAnswer
{
    private RevocationAnswer() { }

    public sealed record NotModified : RevocationAnswer;

    /// <param name="ETag">to ask with the next time; null where the answer had none</param>
    public sealed record List(Signed Blob, string? ETag) : RevocationAnswer;

    /// <param name="ETag">of the list that it makes</param>
    public sealed record Delta(RevocationDelta Made, string? ETag) : RevocationAnswer;
}

/// <summary>What became of a person's refresh.</summary>
public abstract record RefreshOutcome
{
    private RefreshOutcome() { }

    public sealed record Refreshed(bool IsNewer) : RefreshOutcome;

    public sealed record Unreachable(string Detail) : RefreshOutcome;

    public sealed record NotRegistered : RefreshOutcome;

    /// <summary>The service's answer is not a list that this device may use.</summary>
    public sealed record Rejected(string Detail) : RefreshOutcome;
}
