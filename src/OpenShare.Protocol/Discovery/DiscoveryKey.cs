using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Discovery;

/// <summary>
/// One version of an account's discovery key, as the registration service issued it: what the account's devices announce
/// themselves under. It is signed, so that a device can hand it on to another. Parsed is not trusted:
/// <see cref="VerifiedBy"/> is asked for that. It prints without the key.
/// </summary>
public sealed class DiscoveryKey
{
    /// <summary>Bytes of the key itself.</summary>
    public const int Size = 32;

    private DiscoveryKey(Signed blob, DiscoveryKeyPayload payload)
    {
        Blob = blob;
        Version = payload.Version > 0 ? payload.Version : throw new ProtocolException("This discovery key has no version.");
        Account = AccountId.Parse(payload.AccountId);
        Secret = payload.Key.Length == Size ? payload.Key.Memory : throw new ProtocolException($"A discovery key is {Size} bytes; this one has {payload.Key.Length}.");
        IssuedAt = UnixTime.Read(payload.IssuedAt, "issue time");
        RevocationList = payload.CrlVersion;
    }

    /// <summary>The key as it travels.</summary>
    public Signed Blob { get; }

    /// <summary>From 1 on.</summary>
    public uint Version { get; }

    public AccountId Account { get; }

    /// <summary>The key itself.</summary>
    public ReadOnlyMemory<byte> Secret { get; }

    public DateTimeOffset IssuedAt { get; }

    /// <summary>
    /// The version of the revocation list that it came with. Whoever has no list as new may take the device that was
    /// revoked for a good one, and hands the key on to nobody.
    /// </summary>
    public ulong RevocationList { get; }

    public static DiscoveryKey Create(
        ISigner issuing, uint version, AccountId account, ReadOnlySpan<byte> secret, ulong revocationList, DateTimeOffset now) =>
        Read(SignedBlobs.Sign(issuing, SignatureContext.DiscoveryKey, new DiscoveryKeyPayload
        {
            Version = version,
            AccountId = account.Value,
            Key = ByteString.CopyFrom(secret),
            IssuedAt = now.ToUnixTimeSeconds(),
            CrlVersion = revocationList,
        }));

    /// <exception cref="ProtocolException">damaged, or too large</exception>
    public static DiscoveryKey Read(Signed blob) => blob.Payload.Length <= Limits.DiscoveryKey
        ? new DiscoveryKey(blob, Messages.Parse(DiscoveryKeyPayload.Parser, blob.Payload.Span, "discovery key"))
        : throw new ProtocolException($"This discovery key is larger than {Limits.DiscoveryKey} bytes.");

    /// <exception cref="ProtocolException">as <see cref="Read"/>, or not base64url</exception>
    public static DiscoveryKey Parse(string text) => Read(SignedBlobs.Parse(text, "discovery key", Limits.DiscoveryKey));

    /// <returns>null: there is none, or it is damaged</returns>
    public static DiscoveryKey? TryRead(DiscoveryKeyOffer? offer)
    {
        try
        {
            return offer?.DiscoveryKey is { } blob ? Read(blob) : null;
        }
        catch (ProtocolException)
        {
            return null;
        }
    }

    /// <summary>This key, which is this account's and signed by the organisation.</summary>
    /// <exception cref="ProtocolException">it is not; the message is for a person</exception>
    public DiscoveryKey VerifiedBy(TrustRoot trust, AccountId account) =>
        Account != account ? throw new ProtocolException($"This discovery key is of the account {Account}, not of {account}.")
        : !IsVouchedFor(trust) ? throw new ProtocolException("This discovery key is not signed by a key with which your organisation issues them.")
        : this;

    /// <summary>True when an issuing key of the trust root, valid when this was issued, signed it.</summary>
    public bool IsVouchedFor(TrustRoot trust) => trust.Vouches(TrustKey.Types.Role.Issuing, Blob, SignatureContext.DiscoveryKey, IssuedAt);

    public bool IsNewerThan(DiscoveryKey other) => (Version, IssuedAt).CompareTo((other.Version, other.IssuedAt)) > 0;

    public override string ToString() => $"discovery key {Version} of {Account}";
}
