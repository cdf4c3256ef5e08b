using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Identity;

/// <summary>
/// The keys an organisation's devices believe, by role, as one verified version of the list. Root keys sign only
/// trust roots; issuing keys sign certificates; CRL keys sign revocation lists. A version is followed by the next
/// one only, which root keys of both have signed.
/// </summary>
public sealed class TrustRoot
{
    public const int FingerprintSize = 32;

    private TrustRoot(TrustRootLink link, TrustRootPayload payload)
    {
        Link = link;
        Version = payload.Version;
        if (payload.Keys.Count is 0 or > Limits.TrustKeys)
            throw new ProtocolException($"A trust root lists 1 to {Limits.TrustKeys} keys; this one lists {payload.Keys.Count}.");
        Keys = [.. payload.Keys.Select(TrustedKey.Read)];
        IssuedAt = UnixTime.Read(payload.IssuedAt, "issue time");
        Fingerprint = SHA256.HashData(link.Payload.Span);
    }

    /// <summary>The list as it travels.</summary>
    public TrustRootLink Link { get; }

    public uint Version { get; }

    public DateTimeOffset IssuedAt { get; }

    public IReadOnlyList<TrustedKey> Keys { get; }

    /// <summary>SHA-256 of the payload: what a registration token carries.</summary>
    public ReadOnlyMemory<byte> Fingerprint { get; }

    /// <summary>Makes version 1, signed by the root key.</summary>
    public static TrustRoot Create(ISigner root, PublicKey issuing, PublicKey revocation, DateTimeOffset now, DateTimeOffset notAfter)
    {
        return Read(TrustRootDraft.Create(
            1, [Entry(TrustKey.Types.Role.Root, root.PublicKey), Entry(TrustKey.Types.Role.Issuing, issuing), Entry(TrustKey.Types.Role.Crl, revocation)], now)
            .SignedBy(root).Link);

        TrustedKey Entry(TrustKey.Types.Role role, PublicKey key) => new(role, key, now - ClockSkew.Allowed, notAfter);
    }

    /// <summary>Makes the next version.</summary>
    /// <param name="keys">all it lists: a key of this version that is not among them is withdrawn</param>
    /// <param name="roots">a root key of this version and one of the next: the same, where it is in both</param>
    /// <exception cref="ProtocolException">as <see cref="Follow"/>: devices would refuse it</exception>
    public TrustRoot Succeed(IEnumerable<TrustedKey> keys, IEnumerable<ISigner> roots, DateTimeOffset now) =>
        Follow(Draft(keys, now).SignedBy(roots).Link);

    /// <summary>What the next version is to list, for root keys to sign that are not all at one place.</summary>
    /// <param name="keys">all it lists: a key of this version that is not among them is withdrawn</param>
    /// <exception cref="ProtocolException">too many keys, or none</exception>
    public TrustRootDraft Draft(IEnumerable<TrustedKey> keys, DateTimeOffset now) => TrustRootDraft.Create(Version + 1, keys, now);

    /// <summary>Reads a trust root and checks that one of its own root keys signed it. Whether it is the right one is the fingerprint's business.</summary>
    /// <exception cref="ProtocolException">damaged, or not signed by a root key of its own</exception>
    public static TrustRoot Read(TrustRootLink link)
    {
        var root = ReadUnverified(link);
        return root.HasRootThatSigned(link, root.IssuedAt)
            ? root
            : throw new ProtocolException("This trust root is not signed by a root key of its own.");
    }

    /// <summary>The next version, when that is what this link is; this one, when it is this one again.</summary>
    /// <exception cref="ProtocolException">damaged, a skip, a fork, older, or not signed by root keys of both; the message says which</exception>
    public TrustRoot Follow(TrustRootLink link)
    {
        var next = ReadUnverified(link);
        if (next.Version == Version)
        {
            return next.Fingerprint.Span.SequenceEqual(Fingerprint.Span)
                ? this
                : throw new ProtocolException($"This is another version {Version} of the organisation's keys than the one known here (a fork).");
        }
        if (next.Version != Version + 1)
            throw new ProtocolException($"This is version {next.Version} of the organisation's keys, and version {Version + 1} comes next (a skip).");
        // Asked first: whoever holds no key of this version costs no more than this.
        if (!HasRootThatSigned(link, next.IssuedAt))
            throw new ProtocolException($"Version {next.Version} of the organisation's keys is not signed by a root key of version {Version}.");
        if (!next.HasRootThatSigned(link, next.IssuedAt))
            throw new ProtocolException($"Version {next.Version} of the organisation's keys is not signed by a root key of its own.");
        return next.IssuedAt >= IssuedAt
            ? next
            : throw new ProtocolException($"Version {next.Version} of the organisation's keys was issued on {next.IssuedAt:u}, before version {Version}.");
    }

    /// <exception cref="ProtocolException">as <see cref="Read(TrustRootLink)"/></exception>
    public static TrustRoot Parse(string text) => Read(ParseLink(text));

    /// <exception cref="ProtocolException">not base64url, or no such link</exception>
    internal static TrustRootLink ParseLink(string text) =>
        Messages.Parse(TrustRootLink.Parser, Base64Url.Decode(text, "trust root"), "trust root");

    public string ToText() => Base64Url.Encode(Link.ToByteArray());

    /// <summary>True when a key of this role that was valid at that time signed the blob as this kind of thing.</summary>
    public bool Vouches(TrustKey.Types.Role role, Signed signed, SignatureContext context, DateTimeOffset signedAt) =>
        Keys.Any(k => k.Role == role && k.IsValidAt(signedAt) && signed.IsSignedBy(k.Key, context));

    /// <summary>True when a key of this role signed the blob as this kind of thing, whenever that was.</summary>
    internal bool HasKeyThatSigned(TrustKey.Types.Role role, Signed signed, SignatureContext context) =>
        Keys.Any(k => k.Role == role && signed.IsSignedBy(k.Key, context));

    /// <exception cref="ProtocolException">damaged</exception>
    internal static uint VersionOf(TrustRootLink link) => PayloadOf(link).Version;

    /// <summary>Its signatures are the caller's business.</summary>
    /// <exception cref="ProtocolException">damaged</exception>
    internal static TrustRoot ReadUnverified(TrustRootLink link) => new(link, PayloadOf(link));

    private static TrustRootPayload PayloadOf(TrustRootLink link)
    {
        if (link.Payload.Length > Limits.SignedPayload || link.Signatures.Count > Limits.TrustKeys)
            throw new ProtocolException("This trust root is too large.");
        var payload = Messages.Parse(TrustRootPayload.Parser, link.Payload.Span, "trust root");
        return payload.Version > 0 ? payload : throw new ProtocolException("This trust root has no version.");
    }

    private bool HasRootThatSigned(TrustRootLink link, DateTimeOffset at)
    {
        var signed = SignatureContext.TrustRoot.SignedBytes(link.Payload.Span);
        var roots = Keys.Where(k => k.Role == TrustKey.Types.Role.Root && k.IsValidAt(at)).Select(k => k.Key).DistinctBy(k => k.KeyId).ToList();
        return link.Signatures.Any(s => roots.Any(k => k.KeyId == s.KeyId && k.Verify(signed, s.Signature.Span)));
    }
}
