using System.Net.Sockets;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>An agent asked at its socket: a command for each question is a process, which is most of the work where there are many.</summary>
internal static class LocalApi
{
    public static async Task<string> GetAsync(TestDevice device, string path)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(device.Home, "agent.sock")), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        return await client.GetStringAsync("http://agent" + path);
    }
}
