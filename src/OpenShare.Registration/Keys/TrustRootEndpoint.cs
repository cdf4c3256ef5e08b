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
/// <param name="tlsKey">SHA-256 of the SubjectPublicKeyInfo of the TLS certificate</param>
internal sealed class TrustRootEndpoint(OrganisationTrust trust, ReadOnlyMemory<byte> tlsKey, TimeProvider time)
{
    public RegistrationMessages.TrustRootResponse Answer()
    {
        var payload = new TlsEndpointPayload
        {
            SpkiSha256 = ByteString.CopyFrom(tlsKey.Span),
            IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
        };
        var signed = SignedBlobs.Sign(trust.SignerFor(TrustKey.Types.Role.Issuing), SignatureContext.TlsEndpoint, payload);
        // The newest is one of so many.
        var chain = trust.Chain;
        var before = chain.Roots.SkipLast(1).TakeLast(Limits.TrustLinks - 1).Select(r => r.ToText()).ToList();
        return new RegistrationMessages.TrustRootResponse(chain.Newest.ToText(), signed.ToText(), before.Count > 0 ? before : null);
    }

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(RegistrationPaths.TrustRoot, (TrustRootEndpoint endpoint) => TypedResults.Json(endpoint.Answer(), RegistrationJson.Options))
            .WithName("trust-root")
            .WithSummary("The organisation's trust root, and the issuing key's signature over this service's TLS key.")
            .Produces<RegistrationMessages.TrustRootResponse>()
            .RequireRateLimiting(RateLimits.Writes);
}
