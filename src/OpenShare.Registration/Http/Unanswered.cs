using Microsoft.AspNetCore.RateLimiting;
using OpenShare.Registration.Administration;

namespace OpenShare.Registration.Http;

/// <summary>Requests that nothing here is for: another path, another method, or a path of the owner's from anybody else. Anybody can send any number of them.</summary>
internal static class Unanswered
{
    // Whatever answers anybody else than the owner has a limit; what routing refuses itself has none.
    public static bool Is(HttpContext http) =>
        !OwnerSocket.IsUsedBy(http) && http.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>() is null;
}
