using System.IO.Pipes;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;

namespace OpenShare.Agent.Client;

/// <summary>How a question goes to the agent and an answer comes back: HTTP over its socket or pipe.</summary>
public sealed partial class LocalApiClient
{
    private async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await GetAsync(path, type, cancellation);
        }
        catch (LocalApiException e) when (e.Code == ProblemCodes.NotFound)
        {
            return null;
        }
    }

    private Task<TransferDocument> OrderAsync(string id, string order, CancellationToken cancellation) =>
        PostAsync($"v1/transfers/{Uri.EscapeDataString(id)}/{order}", AgentJson.Readable.TransferDocument, cancellation);

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await AnswerAsync(request, type, cancellation);
    }

    private async Task<TAnswer> PostAsync<T, TAnswer>(string path, T body, JsonTypeInfo<T> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, bodyType) };
        return await AnswerAsync(request, answerType, cancellation);
    }

    private async Task<TAnswer> PostAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        return await AnswerAsync(request, answerType, cancellation);
    }

    private async Task<T> AnswerAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(request, cancellation);
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellation) ?? throw LocalApiException.Gone(null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw LocalApiException.Gone(e);
        }
        catch (JsonException e)
        {
            throw LocalApiException.OtherVersion(e);
        }
    }

    private async IAsyncEnumerable<T> WatchAsync<T>(string path, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        await foreach (var line in LinesAsync(request, type, cancellation))
            yield return line;
    }

    private async IAsyncEnumerable<T> LinesAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var response = await SendAsync(request, cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await ReadLineAsync(reader, cancellation) is { } line)
            yield return Parse(line, type);
    }

    private static T Parse<T>(string line, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw LocalApiException.OtherVersion(null);
        }
        catch (JsonException e)
        {
            throw LocalApiException.OtherVersion(e);
        }
    }

    // A stream that breaks off ends like one that was closed: either way the agent is gone, and the caller sees what is missing.
    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadLineAsync(cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw LocalApiException.Gone(e);
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await ProblemAsync(response, cancellation);
    }

    private static async Task<LocalApiException> ProblemAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            if (await response.Content.ReadFromJsonAsync(AgentJson.Readable.ProblemDocument, cancellation) is { } problem)
                return new LocalApiException(problem.Code, problem.Message);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or HttpRequestException)
        {
            // Not a problem document: said below.
        }
        return response.StatusCode == HttpStatusCode.NotFound
            ? LocalApiException.OtherVersion(null)
            : new LocalApiException(ProblemCodes.Failed, $"The agent answered {(int)response.StatusCode}.");
    }

    private static async ValueTask<Stream> Connect(ControlEndpoint control, CancellationToken cancellation)
    {
        if (control is ControlEndpoint.NamedPipe pipe)
        {
            var stream = new NamedPipeClientStream(".", pipe.Name, PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
            try
            {
                await stream.ConnectAsync(TimeSpan.FromSeconds(1), cancellation);
                return stream;
            }
            catch (TimeoutException e)
            {
                await stream.DisposeAsync();
                throw new IOException("Nobody listens there.", e);
            }
        }
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(((ControlEndpoint.UnixSocket)control).Path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
