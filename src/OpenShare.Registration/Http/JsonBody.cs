using System.Text.Json;
using OpenShare.Protocol.Registration;

namespace OpenShare.Registration.Http;

/// <summary>A request's JSON body: read, or refused with words. Whatever arrives, it is never an exception.</summary>
internal static class JsonBody
{
    /// <summary>Bytes of any body.</summary>
    public const int MaxSize = 64 * 1024;

    public static async Task<Outcome<T>> ReadAsync<T>(HttpRequest request) where T : class
    {
        if (!request.HasJsonContentType())
            return Malformed("Send the request as application/json.");
        try
        {
            var body = await JsonSerializer.DeserializeAsync<T>(request.Body, RegistrationJson.Options, request.HttpContext.RequestAborted);
            return body is null ? Malformed("The body is 'null'; an object is needed.") : body;
        }
        catch (JsonException error)
        {
            var where = error.LineNumber is null ? "" : $" (line {error.LineNumber + 1}, byte {error.BytePositionInLine})";
            return Malformed($"The body is not the JSON object that is needed here{where}: a field is missing, is of another type, or the text is not JSON.");
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Malformed($"The body is larger than {MaxSize / 1024} KiB.");
        }
        catch (BadHttpRequestException)
        {
            return Malformed("The body did not arrive whole.");
        }
    }

    public static Refusal Malformed(string detail) => new(RegistrationProblems.MalformedBody, detail);
}
