using System.Net.Sockets;

namespace OpenShare.Device.Transport.Tcp;

internal static class TcpSocketOptions
{
    private const int SolTcp = 6;
    private const int TcpCongestion = 13;

    internal static void Apply(Socket socket)
    {
        socket.NoDelay = true;
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            socket.SetRawSocketOption(SolTcp, TcpCongestion, "bbr"u8);
        }
        catch (SocketException)
        {
            // This kernel has no BBR for us: its own choice serves.
        }
    }
}
