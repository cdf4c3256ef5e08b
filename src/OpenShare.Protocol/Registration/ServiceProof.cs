using System.Security.Cryptography;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Registration;

/// <summary>
/// Whether a service is the one meant. A relay in between may repeat the service's trust root and its signature
/// over the TLS key; it cannot show that TLS key on its own connections.
/// </summary>
public static class ServiceProof
{
    /// <summary>The trust roots shown, when they begin with the one of this fingerprint, or come to it: a token outlives a change of keys.</summary>
    /// <exception cref="ProtocolException">they are others or none; the message is for a person</exception>
    public static TrustChain ReadTrust(ServiceShown shown, ReadOnlySpan<byte> fingerprint)
    {
        var links = ReadLinks(shown);
        for (var at = 0; at < links.Count; at++)
        {
            if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(links[at].Payload.Span), fingerprint))
                return TrustChain.Read([.. links.Skip(at)]);
        }
        throw new ProtocolException("It is another organisation's registration service than the one this token or session is for.");
    }

    /// <summary>The trust roots shown, for whoever has verified the connection that brought them, and has no fingerprint.</summary>
    /// <exception cref="ProtocolException">they are none, or not one organisation's</exception>
    public static TrustChain ReadTrust(ServiceShown shown) => TrustChain.Read(ReadLinks(shown));

    /// <summary>The trust roots shown, oldest first. Nothing is verified.</summary>
    /// <exception cref="ProtocolException">not trust roots, or too many</exception>
    internal static IReadOnlyList<TrustRootLink> ReadLinks(ServiceShown shown)
    {
        var before = shown.Answer.TrustChain ?? [];
        return before.Count < Limits.TrustLinks
            ? [.. before.Append(shown.Answer.TrustRoot).Select(TrustRoot.ParseLink)]
            : throw new ProtocolException($"It showed more than {Limits.TrustLinks} trust roots.");
    }

    /// <summary>As below, by the newest trust root that is shown and follows from those that are held.</summary>
    /// <exception cref="ProtocolException">it does not follow, or vouches for another key</exception>
    public static TlsPin Pin(ServiceShown shown, TrustChain held, DateTimeOffset now) => Pin(shown, held.Follow(ReadLinks(shown)).Newest, now);

    /// <summary>The connection's TLS key, when an issuing key of the trust root vouches for it.</summary>
    /// <param name="now">as the device takes it, never below its <see cref="TimeFloor"/></param>
    /// <exception cref="ProtocolException">none vouches for it; the message is for a person</exception>
    public static TlsPin Pin(ServiceShown shown, TrustRoot trust, DateTimeOffset now)
    {
        var endpoint = SignedBlobs.Parse(shown.Answer.TlsEndpoint ?? "", "TLS endpoint");
        var payload = Messages.Parse(TlsEndpointPayload.Parser, endpoint.Payload.Span, "TLS endpoint");
        var issuedAt = UnixTime.Read(payload.IssuedAt, "issue time of a TLS endpoint");
        // It has no end of its own: it ends with its key. Not asked from when that key was valid: a device that has no
        // clock yet gets its first idea of time from here.
        var until = now - ClockSkew.Allowed > issuedAt ? now - ClockSkew.Allowed : issuedAt;
        if (!trust.Vouches(TrustKey.Types.Role.Issuing, endpoint, SignatureContext.TlsEndpoint, issuedAt)
            || !trust.Vouches(TrustKey.Types.Role.Issuing, endpoint, SignatureContext.TlsEndpoint, until))
            throw new ProtocolException("Its trust root does not vouch for its TLS key.");
        return payload.SpkiSha256.Length == SHA256.HashSizeInBytes && shown.SpkiSha256.Span.SequenceEqual(payload.SpkiSha256.Span)
            ? new TlsPin(shown.SpkiSha256)
            : throw new ProtocolException("The connection does not end at the registration service: something in between answers with a TLS key of its own.");
    }
}
