using System.Collections.Immutable;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Identity;

/// <summary>
/// The trust roots that a device has followed, oldest first and without a gap: the newest is what it judges by, the
/// others are what it hands on to a peer that is behind.
/// </summary>
public sealed class TrustChain
{
    private readonly ImmutableArray<TrustRoot> _roots;

    private TrustChain(ImmutableArray<TrustRoot> roots) => _roots = roots;

    public TrustRoot Newest => _roots[^1];

    public IReadOnlyList<TrustRoot> Roots => _roots;

    /// <summary>A chain that begins with a trust root that is believed for other reasons: a token names it.</summary>
    public static TrustChain Of(TrustRoot root) => new([root]);

    /// <summary>Reads a chain that was kept: it came in parts, and may be larger than what is handed on at once.</summary>
    /// <exception cref="ProtocolException">empty, damaged, or its links do not follow each other</exception>
    public static TrustChain Read(IReadOnlyList<TrustRootLink> links) =>
        links.Count == 0
            ? throw new ProtocolException("There is no trust root.")
            : links.Skip(1).Aggregate(Of(TrustRoot.Read(links[0])), (chain, link) => chain.Follow(link));

    /// <summary>All links, one after the other, or none of them. Links that are held already, or are older, change nothing.</summary>
    /// <returns>this chain itself, where nothing is new</returns>
    /// <exception cref="ProtocolException">too many, or one of them does not follow: a skip, a fork, a forgery</exception>
    public TrustChain Follow(IReadOnlyList<TrustRootLink> links)
    {
        if (links.Count > Limits.TrustLinks || SizeOf(links) > Limits.TrustChain)
            throw new ProtocolException($"A chain of trust roots has at most {Limits.TrustLinks} links and {Limits.TrustChain} bytes; this one has {links.Count} and {SizeOf(links)}.");
        return links.Aggregate(this, (chain, link) => chain.Follow(link));
    }

    /// <summary>What a peer that knows this version needs to come up with this chain: nothing, where it is not behind.</summary>
    /// <returns>null where that cannot be handed on: more than a chain may have, or older than what is kept</returns>
    public IReadOnlyList<TrustRootLink>? Since(uint version)
    {
        if (version >= Newest.Version)
            return [];
        if (version == 0 || version + 1 < _roots[0].Version)
            return null;
        List<TrustRootLink> links = [.. _roots.Where(r => r.Version > version).Select(r => r.Link)];
        return links.Count <= Limits.TrustLinks && SizeOf(links) <= Limits.TrustChain ? links : null;
    }

    /// <summary>All that is kept, oldest first, for one that knows none of it; the newest alone, where that is too much at once.</summary>
    public IReadOnlyList<TrustRootLink> HandedOn()
    {
        List<TrustRootLink> links = [.. _roots.Select(r => r.Link)];
        return SizeOf(links) <= Limits.TrustChain ? links : [Newest.Link];
    }

    /// <summary>True when this very trust root is one of the chain's.</summary>
    public bool Holds(TrustRoot root) => _roots.Any(r => r.Fingerprint.Span.SequenceEqual(root.Fingerprint.Span));

    private TrustChain Follow(TrustRootLink link)
    {
        var version = TrustRoot.VersionOf(link);
        if (version < _roots[0].Version)
            return this;
        var held = version <= Newest.Version ? _roots[(int)(version - _roots[0].Version)] : Newest;
        var next = held.Follow(link);
        // As many as can be handed on, and the one before them.
        return ReferenceEquals(next, held) ? this : new TrustChain([.. _roots.TakeLast(Limits.TrustLinks), next]);
    }

    private static long SizeOf(IEnumerable<TrustRootLink> links) => links.Sum(link => (long)link.CalculateSize());
}
