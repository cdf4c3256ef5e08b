using System.Text.Json;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration.Http;

/// <summary>An answer that is neither success nor 304: Problem Details (RFC 9457) where it comes from the service itself.</summary>
internal static class ProblemAnswer
{
    internal static ServiceFailure Read(Uri server, HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
            return ServiceTrouble.Strange(server, $"it sends one elsewhere (HTTP {status})");
        var (code, detail) = Parse(response, body);
        return new ServiceFailure.Refused(status, code, detail ?? $"{server.Authority} answered with HTTP {status}.");
    }

    private static (string? Code, string? Detail) Parse(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return default;
        try
        {
            using var document = JsonDocument.Parse(body);
            var type = Text(document.RootElement, "type");
            var code = type is not null && type.StartsWith(RegistrationProblems.TypePrefix, StringComparison.Ordinal) ? type[RegistrationProblems.TypePrefix.Length..] : null;
            var detail = Printable.Shorten(Text(document.RootElement, "detail"));
            return (code, detail.Length > 0 ? detail : null);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static string? Text(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
