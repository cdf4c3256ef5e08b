using System.Net;
using System.Net.Sockets;

namespace OpenShare.EndToEnd.Tests.Harness;

internal static class Ports
{
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that nobody listens on now. Below the ports that systems hand out, so that nobody gets it by chance meanwhile.</summary>
    public static int Free()
    {
        lock (Given)
        {
            while (true)
            {
                var port = Random.Shared.Next(20_000, 32_000);
                using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
                try
                {
                    socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                }
                catch (SocketException)
                {
                    continue;
                }
                if (Given.Add(port))
                    return port;
            }
        }
    }
}
