using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenShare.Agent.Documents;

namespace OpenShare.Agent.Api;

/// <summary>How the control API reads and answers.</summary>
internal static class Reply
{
    /// <summary>Bytes of a request's body: a CA bundle or a receipt of a large tree, and more.</summary>
    internal const long LargestRequest = 64 * 1024 * 1024;

    internal static Task Json<T>(HttpContext http, T document, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(document, type, cancellationToken: http.RequestAborted);
    }

    /// <param name="document">one JSON document, as UTF-8</param>
    internal static async Task Json(HttpContext http, ReadOnlyMemory<byte> document)
    {
        http.Response.ContentType = MediaTypeNames.Application.Json;
        await http.Response.Body.WriteAsync(document, http.RequestAborted);
    }

    internal static Task Problem(HttpContext http, string code, string message) =>
        Json(http, new ProblemDocument(code, message), AgentJson.Readable.ProblemDocument, StatusOf(code));

    /// <exception cref="JsonException">not that document</exception>
    internal static async Task<T> Read<T>(HttpContext http, JsonTypeInfo<T> type) =>
        await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted) ?? throw new JsonException("The body is empty.");

    private static int StatusOf(string code) => code switch
    {
        ProblemCodes.BadRequest => StatusCodes.Status400BadRequest,
        ProblemCodes.NotFound or ProblemCodes.DeviceNotFound => StatusCodes.Status404NotFound,
        ProblemCodes.Forbidden or ProblemCodes.NotTrusted or ProblemCodes.NotRegistered or ProblemCodes.BadToken or ProblemCodes.LoginFailed or ProblemCodes.SponsorUnknown or ProblemCodes.NotCompared => StatusCodes.Status403Forbidden,
        ProblemCodes.Ambiguous or ProblemCodes.AlreadyRegistered or ProblemCodes.NotAsked => StatusCodes.Status409Conflict,
        ProblemCodes.ServerUnreachable => StatusCodes.Status502BadGateway,
        _ => StatusCodes.Status500InternalServerError,
    };
}
