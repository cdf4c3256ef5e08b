using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Identity;

/// <summary>
/// The keys an organisation's devices believe, by role, as one verified version of the list. Root keys sign only
/// trust roots; issuing keys sign certificates; CRL keys sign revocation lists.
/// </summary>
public sealed class TrustRoot
{
    public const int FingerprintSize = 32;

    private readonly TrustRootPayload _payload;
    private readonly List<(TrustKey Entry, PublicKey Key)> _keys;

    private TrustRoot(TrustRootLink link, TrustRootPayload payload)
    {
        Link = link;
        _payload = payload;
        if (payload.Keys.Count is 0 or > Limits.TrustKeys)
            throw new ProtocolException($"A trust root lists 1 to {Limits.TrustKeys} keys; this one lists {payload.Keys.Count}.");
        _keys = [.. payload.Keys.Select(k => (k, PublicKey.FromBytes(k.PubkeyEd25519.Span)))];
        IssuedAt = UnixTime.Read(payload.IssuedAt, "issue time");
        Fingerprint = SHA256.HashData(link.Payload.Span);
    }

    /// <summary>The list as it travels.</summary>
    public TrustRootLink Link { get; }

    public uint Version => _payload.Version;

    public DateTimeOffset IssuedAt { get; }

    /// <summary>SHA-256 of the payload: what a registration token carries.</summary>
    public ReadOnlyMemory<byte> Fingerprint { get; }

    /// <summary>Makes version 1, signed by the root key.</summary>
    public static TrustRoot Create(ISigner root, PublicKey issuing, PublicKey revocation, DateTimeOffset now, DateTimeOffset notAfter)
    {
        var payload = new TrustRootPayload { Version = 1, IssuedAt = now.ToUnixTimeSeconds() };
        payload.Keys.Add(Entry(TrustKey.Types.Role.Root, root.PublicKey));
        payload.Keys.Add(Entry(TrustKey.Types.Role.Issuing, issuing));
        payload.Keys.Add(Entry(TrustKey.Types.Role.Crl, revocation));
        var bytes = payload.ToByteArray();
        var link = new TrustRootLink { Payload = ByteString.CopyFrom(bytes) };
        link.Signatures.Add(new TrustRootSignature
        {
            KeyId = root.PublicKey.KeyId,
            Signature = ByteString.CopyFrom(root.Sign(SignatureContext.TrustRoot.SignedBytes(bytes))),
        });
        return Read(link);

        TrustKey Entry(TrustKey.Types.Role role, PublicKey key) => new()
        {
            Role = role,
            PubkeyEd25519 = ByteString.CopyFrom(key.Bytes),
            NotBefore = now.ToUnixTimeSeconds() - (long)ClockSkew.Allowed.TotalSeconds,
            NotAfter = notAfter.ToUnixTimeSeconds(),
        };
    }

    /// <summary>Reads a trust root and checks that one of its own root keys signed it. Whether it is the right one is the fingerprint's business.</summary>
    /// <exception cref="ProtocolException">damaged, or not signed by a root key of its own</exception>
    public static TrustRoot Read(TrustRootLink link)
    {
        if (link.Payload.Length > Limits.SignedPayload || link.Signatures.Count > Limits.TrustKeys)
            throw new ProtocolException("This trust root is too large.");
        var root = new TrustRoot(link, Messages.Parse(TrustRootPayload.Parser, link.Payload.Span, "trust root"));
        if (root.Version == 0)
            throw new ProtocolException("This trust root has no version.");
        var signed = SignatureContext.TrustRoot.SignedBytes(link.Payload.Span);
        if (!link.Signatures.Any(s => root.KeysOf(TrustKey.Types.Role.Root).Any(k => k.KeyId == s.KeyId && k.Verify(signed, s.Signature.Span))))
            throw new ProtocolException("This trust root is not signed by a root key of its own.");
        return root;
    }

    /// <exception cref="ProtocolException">as <see cref="Read(TrustRootLink)"/></exception>
    public static TrustRoot Parse(string text) =>
        Read(Messages.Parse(TrustRootLink.Parser, Base64Url.Decode(text, "trust root"), "trust root"));

    public string ToText() => Base64Url.Encode(Link.ToByteArray());

    /// <summary>True when a key of this role that was valid at that time signed the blob as this kind of thing.</summary>
    public bool Vouches(TrustKey.Types.Role role, Signed signed, SignatureContext context, DateTimeOffset signedAt) =>
        _keys.Any(k => k.Entry.Role == role
            && k.Entry.NotBefore <= signedAt.ToUnixTimeSeconds() && signedAt.ToUnixTimeSeconds() <= k.Entry.NotAfter
            && signed.IsSignedBy(k.Key, context));

    /// <summary>True when a key of this role signed the blob as this kind of thing, whenever that was.</summary>
    internal bool HasKeyThatSigned(TrustKey.Types.Role role, Signed signed, SignatureContext context) =>
        KeysOf(role).Any(key => signed.IsSignedBy(key, context));

    private IEnumerable<PublicKey> KeysOf(TrustKey.Types.Role role) => _keys.Where(k => k.Entry.Role == role).Select(k => k.Key);
}
