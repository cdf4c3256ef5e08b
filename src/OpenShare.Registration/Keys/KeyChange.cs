using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys;

/// <summary>One key in another's place: what a version of the trust root lists that the one before it did not.</summary>
/// <param name="IsWithdrawal">nothing that the key before it signed is to count any more</param>
internal sealed record KeyChange(TrustKey.Types.Role Role, PublicKey Added, PublicKey Replaced, bool IsWithdrawal)
{
    /// <summary>What was changed, read from what the next version lists.</summary>
    /// <exception cref="ProtocolException">it does not add one key, which is what a rotation does</exception>
    public static KeyChange Of(TrustRoot before, TrustRootDraft next)
    {
        var added = next.Keys.Where(key => before.Keys.All(k => !k.Key.Equals(key.Key))).ToList();
        if (added is not [var one])
            throw new ProtocolException($"Version {next.Version} of the organisation's keys is to add {added.Count} keys, and a rotation adds one.");
        var replaced = Newest(before, one.Role);
        return new KeyChange(one.Role, one.Key, replaced, next.Keys.All(k => !k.Key.Equals(replaced)));
    }

    /// <summary>The key of this role that a rotation replaces: each lists the next key after the ones before it.</summary>
    public static PublicKey Newest(TrustRoot root, TrustKey.Types.Role role) => root.Keys.Last(k => k.Role == role).Key;

    /// <summary>All that the next version lists.</summary>
    /// <param name="lastUse">until when the key before it may still sign what is under way</param>
    public IEnumerable<TrustedKey> AppliedTo(TrustRoot before, DateTimeOffset now, DateTimeOffset lastUse) =>
        [.. before.Keys.SelectMany(k => After(k, lastUse)), new TrustedKey(Role, Added, now - ClockSkew.Allowed, TrustRoots.EndOfKey(now))];

    private TrustedKey[] After(TrustedKey key, DateTimeOffset lastUse) =>
        key.Role != Role ? [key]
        // Root keys from before that one go with it: devices that are behind still believe them.
        : IsWithdrawal && (Role == TrustKey.Types.Role.Root || key.Key.Equals(Replaced)) ? []
        : key.Key.Equals(Replaced) ? [key with { NotAfter = key.NotAfter < lastUse ? key.NotAfter : lastUse }]
        : [key];
}
