using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace OpenShare.Simulation.Service;

/// <summary>An HTTP request as bytes and text: what of it is not here is not on the wire.</summary>
internal sealed record WireRequest(string Method, Uri Uri, IReadOnlyList<(string Name, string[] Values)> Headers, byte[] Body)
{
    internal static async Task<WireRequest> ReadAsync(HttpRequestMessage request)
    {
        var headers = request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>());
        return new WireRequest(
            request.Method.Method, request.RequestUri!, [.. headers.Select(h => (h.Key, h.Value.ToArray()))],
            request.Content is { } content ? await content.ReadAsByteArrayAsync().ConfigureAwait(false) : []);
    }

    internal HttpContext ToContext(IServiceProvider services, CancellationToken aborted)
    {
        var http = new DefaultHttpContext { RequestServices = services, RequestAborted = aborted };
        var request = http.Request;
        (request.Method, request.Scheme, request.Host) = (Method, Uri.Scheme, new HostString(Uri.Authority));
        (request.Path, request.QueryString) = (PathString.FromUriComponent(Uri), QueryString.FromUriComponent(Uri));
        foreach (var (name, values) in Headers)
            request.Headers[name] = new StringValues(values);
        (request.Body, request.ContentLength) = (new MemoryStream(Body), Body.Length);
        http.Response.Body = new MemoryStream();
        return http;
    }
}

internal sealed record WireResponse(int Status, IReadOnlyList<(string Name, string[] Values)> Headers, byte[] Body)
{
    internal static WireResponse Read(HttpResponse response) => new(
        response.StatusCode, [.. response.Headers.Select(h => (h.Key, h.Value.OfType<string>().ToArray()))], ((MemoryStream)response.Body).ToArray());

    internal HttpResponseMessage ToMessage()
    {
        var message = new HttpResponseMessage((HttpStatusCode)Status) { Content = new ByteArrayContent(Body) };
        foreach (var (name, values) in Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, values))
                message.Content.Headers.TryAddWithoutValidation(name, values);
        }
        return message;
    }
}
