using Google.Protobuf;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Identity;

/// <summary>
/// What a trust root is to list, before the root keys that it takes have signed it: they may be at different places. Nobody
/// believes it; <see cref="TrustRoot.Follow"/> makes a trust root of it once the signatures are there.
/// </summary>
public sealed class TrustRootDraft
{
    // Read for its contents alone: its signatures are not verified.
    private readonly TrustRoot _unverified;

    private TrustRootDraft(TrustRoot unverified) => _unverified = unverified;

    /// <summary>As it travels, with the signatures that it has so far.</summary>
    public TrustRootLink Link => _unverified.Link;

    public uint Version => _unverified.Version;

    public DateTimeOffset IssuedAt => _unverified.IssuedAt;

    public IReadOnlyList<TrustedKey> Keys => _unverified.Keys;

    internal static TrustRootDraft Create(uint version, IEnumerable<TrustedKey> keys, DateTimeOffset now)
    {
        var payload = new TrustRootPayload { Version = version, IssuedAt = now.ToUnixTimeSeconds() };
        payload.Keys.AddRange(keys.Select(k => k.ToWire()));
        return Read(new TrustRootLink { Payload = payload.ToByteString() });
    }

    /// <exception cref="ProtocolException">damaged</exception>
    public static TrustRootDraft Read(TrustRootLink link) => new(TrustRoot.ReadUnverified(link));

    /// <exception cref="ProtocolException">not base64url, or damaged</exception>
    public static TrustRootDraft Parse(string text) => Read(TrustRoot.ParseLink(text));

    public string ToText() => Base64Url.Encode(Link.ToByteArray());

    /// <summary>True where both list the same and were made at the same time, whoever signed them.</summary>
    public bool HasContentsOf(TrustRootDraft other) => Link.Payload.Equals(other.Link.Payload);

    public bool IsSignedBy(PublicKey root) => Link.Signatures.Any(s => IsBy(root, s));

    /// <summary>The same, signed by these as well.</summary>
    public TrustRootDraft SignedBy(params IEnumerable<ISigner> roots)
    {
        var link = Link.Clone();
        foreach (var root in roots.DistinctBy(r => r.PublicKey).Where(r => !IsSignedBy(r.PublicKey)))
        {
            link.Signatures.Add(new TrustRootSignature
            {
                KeyId = root.PublicKey.KeyId,
                Signature = ByteString.CopyFrom(root.Sign(SignatureContext.TrustRoot.SignedBytes(Link.Payload.Span))),
            });
        }
        return Read(link);
    }

    /// <summary>The same with the signatures of these keys and no others: every device will carry what is in it.</summary>
    public TrustRootDraft SignedOnlyBy(IEnumerable<PublicKey> roots)
    {
        var link = new TrustRootLink { Payload = Link.Payload };
        link.Signatures.AddRange(roots.Distinct().SelectMany(root => Link.Signatures.Where(s => IsBy(root, s)).Take(1)));
        return Read(link);
    }

    private bool IsBy(PublicKey root, TrustRootSignature signature) =>
        signature.KeyId == root.KeyId && root.Verify(SignatureContext.TrustRoot.SignedBytes(Link.Payload.Span), signature.Signature.Span);
}
