using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Revocation;

/// <summary>What a revocation machine asks its shell to do, in this order, each done before the next. A call replaces the one before.</summary>
public abstract record RevocationEffect
{
    private RevocationEffect() { }

    /// <summary>Store durably. A list that cannot be stored is in force all the same: better than a revoked device let in.</summary>
    public sealed record Store(RevocationList List) : RevocationEffect;

    /// <summary>This list is in force, or none any more (null): tell everybody.</summary>
    public sealed record Announce(RevocationList? List) : RevocationEffect;

    /// <summary>The key of the list held was withdrawn: forget what is stored.</summary>
    public sealed record Discard : RevocationEffect;

    /// <summary>The service showed other trust roots than this flow goes by: whoever follows them judges.</summary>
    public sealed record OfferTrustRoot(IReadOnlyList<TrustRootLink> Links) : RevocationEffect;

    public sealed record FetchTrustRoot(int Call, ServiceContact Contact) : RevocationEffect;

    /// <param name="After">the version held: the service waits for a later one, or for another than that of the ETag</param>
    /// <param name="Wait">at most; zero: answer at once</param>
    /// <param name="IsForDelta">what makes the newest list of that version is enough</param>
    public sealed record Ask(int Call, ServiceContact Contact, ulong After, string? ETag, TimeSpan Wait, bool IsForDelta) : RevocationEffect;

    /// <summary>Answer everybody who asked for a refresh.</summary>
    public sealed record AnswerRefresh(RefreshOutcome Outcome) : RevocationEffect;

    /// <summary>A list was refused, and why: for the log.</summary>
    public sealed record Warn(string Detail) : RevocationEffect;
}
