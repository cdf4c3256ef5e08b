namespace OpenShare.Registration.Http;

/// <summary>`Authorization: Bearer …` (RFC 6750).</summary>
internal static class BearerHeader
{
    private const string Scheme = "Bearer ";

    public static string? Read(HttpRequest request)
    {
        var header = request.Headers.Authorization;
        return header.Count == 1 && header[0] is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].Trim()
            : null;
    }
}
