using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Keys;

/// <summary>
/// The first thing a device that holds only a token asks for, with no secret sent: the trust root, which must match
/// the token's fingerprint, and the issuing key's word that this TLS key is the service's.
/// </summary>
/// <param name="tlsKeyOf">SHA-256 of the SubjectPublicKeyInfo of the TLS certificate that a request came over</param>
internal sealed class TrustRootEndpoint(OrganisationTrust trust, Func<HttpContext, ReadOnlyMemory<byte>> tlsKeyOf, TimeProvider time)
{
    // Anybody may ask, and a token signs slowly.
    private static readonly TimeSpan SignedFor = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private (Signed Signed, ReadOnlyMemory<byte> TlsKey, DateTimeOffset At)? _last;

    public RegistrationMessages.TrustRootResponse Answer(HttpContext http)
    {
        var signed = Endpoint(tlsKeyOf(http));
        // The newest is one of so many.
        var chain = trust.Chain;
        var before = chain.Roots.SkipLast(1).TakeLast(Limits.TrustLinks - 1).Select(r => r.ToText()).ToList();
        return new RegistrationMessages.TrustRootResponse(chain.Newest.ToText(), signed.ToText(), before.Count > 0 ? before : null);
    }

    private Signed Endpoint(ReadOnlyMemory<byte> tlsKey)
    {
        var (now, signer) = (time.GetUtcNow(), trust.SignerFor(TrustKey.Types.Role.Issuing));
        lock (_lock)
        {
            // A clock set back, or other keys since: it is signed anew.
            if (_last is { } last && last.TlsKey.Span.SequenceEqual(tlsKey.Span) && last.Signed.KeyId == signer.PublicKey.KeyId && now >= last.At && now < last.At + SignedFor)
                return last.Signed;
            var payload = new TlsEndpointPayload { SpkiSha256 = ByteString.CopyFrom(tlsKey.Span), IssuedAt = now.ToUnixTimeSeconds() };
            var signed = SignedBlobs.Sign(signer, SignatureContext.TlsEndpoint, payload);
            _last = (signed, tlsKey, now);
            return signed;
        }
    }

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(RegistrationPaths.TrustRoot, (HttpContext http, TrustRootEndpoint endpoint) => TypedResults.Json(endpoint.Answer(http), RegistrationJson.Options))
            .WithName("trust-root")
            .WithSummary("The organisation's trust root, and the issuing key's signature over this service's TLS key.")
            .Produces<RegistrationMessages.TrustRootResponse>()
            .RequireRateLimiting(RateLimits.Writes);
}
