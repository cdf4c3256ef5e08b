using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>An agent asked at its socket: a command for each question is a process, which is most of the work where there are many.</summary>
internal static class LocalApi
{
    public static async Task<string> GetAsync(TestDevice device, string path)
    {
        using var client = Client(device);
        return await client.GetStringAsync(path);
    }

    public static async Task<JsonElement> PostAsync<T>(TestDevice device, string path, T body)
    {
        using var client = Client(device);
        using var answer = await client.PostAsJsonAsync(path, body);
        return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
    }

    private static HttpClient Client(TestDevice device) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(device.Home, "agent.sock")), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://agent") };
}
