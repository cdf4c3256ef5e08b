using System.Collections.Immutable;
using System.Net;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>
/// An invitation as it is shown: "osp1_" and base64url of a <see cref="Signed"/>. It is good once, for one key, for
/// minutes. It holds no secret: who photographs it can do nothing with it that needs the new device's key.
/// Parsed is not trusted: <see cref="PairingChecks"/> are asked for that.
/// </summary>
public sealed class PairingToken
{
    public const string Prefix = "osp1_";
    public const uint CurrentVersion = 1;

    /// <summary>How long an invitation is good.</summary>
    public static readonly TimeSpan DefaultTtl = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LongestTtl = TimeSpan.FromHours(1);

    private readonly PairingTokenPayload _payload;

    private PairingToken(Signed blob, PairingTokenPayload payload)
    {
        (Blob, _payload) = (blob, payload);
        if (payload.Version != CurrentVersion)
            throw new ProtocolException($"This pairing token is of version {payload.Version}; this program knows version {CurrentVersion}. Update OpenShare.");
        Nonce = PairingNonce.FromBytes(payload.Nonce.Span);
        IssuedAt = UnixTime.Read(payload.IssuedAt, "issue time");
        ExpiresAt = payload.TtlSeconds > 0 && payload.TtlSeconds <= LongestTtl.TotalSeconds
            ? IssuedAt.AddSeconds(payload.TtlSeconds)
            : throw new ProtocolException($"This pairing token is good for {payload.TtlSeconds} seconds; it must be 1 to {LongestTtl.TotalSeconds}.");
        Code = PairingCode.FromBytes(payload.Code.Span);
        Sponsor = DeviceCertificate.Read(payload.Sponsor ?? throw new ProtocolException("This pairing token does not name the device that gave it."));
        if (payload.Addresses.Count is 0 or > Limits.PairingAddresses)
            throw new ProtocolException($"A pairing token has 1 to {Limits.PairingAddresses} addresses; this one has {payload.Addresses.Count}.");
        Addresses = [.. payload.Addresses.Select(ReadAddress)];
        Scope = payload.Scope is ProvisionalScope.Account or ProvisionalScope.Sponsor
            ? payload.Scope
            : throw new ProtocolException($"This pairing token has scope {(int)payload.Scope}, which this program does not know. Update OpenShare.");
    }

    /// <summary>The token as it travels.</summary>
    public Signed Blob { get; }

    public PairingNonce Nonce { get; }

    /// <summary>By the sponsor's clock.</summary>
    public DateTimeOffset IssuedAt { get; }

    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Of the one key that may use it.</summary>
    public PairingCode Code { get; }

    /// <summary>The device that invites.</summary>
    public DeviceCertificate Sponsor { get; }

    /// <summary>Where the sponsor is reached. IPv6 link-local ones are without an interface: that is the reader's.</summary>
    public ImmutableArray<IPEndPoint> Addresses { get; }

    /// <summary>With whom the new device may speak.</summary>
    public ProvisionalScope Scope { get; }

    /// <summary>True where the key was found on the network, and nobody has typed its code: the sponsor's person compares the short code too.</summary>
    public bool IsByAnnouncement => _payload.ByAnnouncement;

    /// <summary>True when the key of the certificate that it shows signed it.</summary>
    public bool IsSignedBySponsor => Blob.IsSignedBy(Sponsor.PublicKey, SignatureContext.PairingToken);

    /// <param name="key">of the sponsor's certificate</param>
    /// <exception cref="ProtocolException">no address, or too many</exception>
    public static PairingToken Create(
        ISigner key, DeviceCertificate sponsor, PairingCode code, ProvisionalScope scope, PairingNonce nonce, IEnumerable<IPEndPoint> addresses,
        DateTimeOffset now, TimeSpan ttl, bool byAnnouncement = false)
    {
        var payload = new PairingTokenPayload
        {
            Version = CurrentVersion,
            Nonce = ByteString.CopyFrom(nonce.ToBytes()),
            IssuedAt = now.ToUnixTimeSeconds(),
            TtlSeconds = (uint)ttl.TotalSeconds,
            Code = ByteString.CopyFrom(code.ToBytes()),
            Sponsor = sponsor.Blob,
            Scope = scope,
            ByAnnouncement = byAnnouncement,
        };
        payload.Addresses.AddRange(addresses.Select(a => new PairingAddress { Address = ByteString.CopyFrom(a.Address.GetAddressBytes()), Port = (uint)a.Port }));
        return Read(SignedBlobs.Sign(key, SignatureContext.PairingToken, payload));
    }

    /// <exception cref="ProtocolException">damaged, too large, or of an unknown version</exception>
    public static PairingToken Read(Signed blob) => blob.Payload.Length <= Limits.PairingToken
        ? new PairingToken(blob, Messages.Parse(PairingTokenPayload.Parser, blob.Payload.Span, "pairing token"))
        : throw new ProtocolException("This pairing token is too large.");

    /// <summary>As a person pastes it, or as it stands in a file: space and line breaks in it do not count.</summary>
    /// <exception cref="ProtocolException">not a pairing token; the message says why</exception>
    public static PairingToken Parse(string text)
    {
        var packed = string.Concat(text.Where(c => !char.IsWhiteSpace(c)).Take(2 * Limits.PairingToken));
        return packed.StartsWith(Prefix, StringComparison.Ordinal)
            ? Read(SignedBlobs.Parse(packed[Prefix.Length..], "pairing token", Limits.PairingToken))
            : throw new ProtocolException($"This is not a pairing token: one starts with {Prefix}.");
    }

    public string ToText() => Prefix + Blob.ToText();

    public override string ToString() => $"invitation of {Code} by {Sponsor.Name}";

    private static IPEndPoint ReadAddress(PairingAddress entry) =>
        entry.Address.Length is 4 or 16 && entry.Port is > 0 and <= IPEndPoint.MaxPort
            ? new IPEndPoint(new IPAddress(entry.Address.Span), (int)entry.Port)
            : throw new ProtocolException("An address in this pairing token is none.");
}
