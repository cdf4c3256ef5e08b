using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery;

/// <summary>
/// The discovery keys by which a device knows its account: the current one, under which it announces itself, and the one
/// before, under which devices may be announced that have not heard of the change. It prints without them.
/// </summary>
public sealed class DiscoveryKeys
{
    private DiscoveryKeys(ReadOnlyMemory<byte> current, ReadOnlyMemory<byte>? previous, DiscoveryKey? issue)
    {
        (Current, Previous, Issue) = (current, previous, issue);
        Hash = AccountHash.FromKey(current.Span);
        PreviousHash = previous is { } before ? AccountHash.FromKey(before.Span) : null;
    }

    public ReadOnlyMemory<byte> Current { get; }

    public ReadOnlyMemory<byte>? Previous { get; }

    /// <summary>The current one as it was issued. Null where it came unsigned: it can be handed on to nobody.</summary>
    public DiscoveryKey? Issue { get; }

    /// <summary>0 where the current one came unsigned.</summary>
    public uint Version => Issue?.Version ?? 0;

    /// <summary>What this device announces.</summary>
    public AccountHash Hash { get; }

    /// <summary>What others of the account may announce as well.</summary>
    public AccountHash? PreviousHash { get; }

    /// <param name="previous">as it was kept</param>
    public static DiscoveryKeys Of(DiscoveryKey issue, ReadOnlyMemory<byte>? previous = null) => new(issue.Secret, previous, issue);

    /// <summary>From a service that does not sign them, or a home from before they were signed.</summary>
    /// <exception cref="ProtocolException">it is too short</exception>
    public static DiscoveryKeys Unsigned(ReadOnlyMemory<byte> current, ReadOnlyMemory<byte>? previous = null) => new(current, previous, null);

    /// <summary>The keys after this one was issued. An older one changes nothing, unless the key that signed the newer was withdrawn.</summary>
    /// <param name="issue">verified</param>
    /// <returns>these themselves, where nothing is new</returns>
    public DiscoveryKeys Follow(DiscoveryKey issue, TrustRoot trust) =>
        Issue is { } held && held.IsVouchedFor(trust) && !issue.IsNewerThan(held) ? this : After(issue.Secret, issue);

    /// <summary>The keys after this one came unsigned. It changes nothing where a signed one is held.</summary>
    internal DiscoveryKeys FollowUnsigned(ReadOnlyMemory<byte> key) => Issue is not null ? this : After(key, null);

    // The same key under another signature has the same one before it.
    private DiscoveryKeys After(ReadOnlyMemory<byte> key, DiscoveryKey? issue) =>
        new(key, key.Span.SequenceEqual(Current.Span) ? Previous : Current, issue);

    public override string ToString() => Issue?.ToString() ?? "an unsigned discovery key";
}
