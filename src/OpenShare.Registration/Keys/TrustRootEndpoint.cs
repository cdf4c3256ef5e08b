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
    private readonly SharedSigning<(uint TrustRoot, string TlsKey), Signed> _last = new(goodFor: TimeSpan.FromMinutes(1), time);

    public async Task<RegistrationMessages.TrustRootResponse> AnswerAsync(HttpContext http)
    {
        var tlsKey = tlsKeyOf(http);
        var signed = await _last.GetAsync((trust.Newest.Version, Convert.ToHexString(tlsKey.Span)), () => Sign(tlsKey));
        // The newest is one of so many.
        var chain = trust.Chain;
        var before = chain.Roots.SkipLast(1).TakeLast(Limits.TrustLinks - 1).Select(r => r.ToText()).ToList();
        return new RegistrationMessages.TrustRootResponse(chain.Newest.ToText(), signed.ToText(), before.Count > 0 ? before : null);
    }

    private Signed Sign(ReadOnlyMemory<byte> tlsKey)
    {
        var payload = new TlsEndpointPayload { SpkiSha256 = ByteString.CopyFrom(tlsKey.Span), IssuedAt = time.GetUtcNow().ToUnixTimeSeconds() };
        return SignedBlobs.Sign(trust.SignerFor(TrustKey.Types.Role.Issuing), SignatureContext.TlsEndpoint, payload);
    }

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(RegistrationPaths.TrustRoot, async (HttpContext http, TrustRootEndpoint endpoint) => TypedResults.Json(await endpoint.AnswerAsync(http), RegistrationJson.Options))
            .WithName("trust-root")
            .WithSummary("The organisation's trust root, and the issuing key's signature over this service's TLS key.")
            .Produces<RegistrationMessages.TrustRootResponse>()
            .RequireRateLimiting(RateLimits.Writes);
}
