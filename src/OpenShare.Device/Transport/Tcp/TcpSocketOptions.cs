using System.Net.Sockets;

namespace OpenShare.Device.Transport.Tcp;

internal static class TcpSocketOptions
{
    // linux/tcp.h, since Linux 6.15.
    private const int SolTcp = 6;
    private const int LongestRetryMilliseconds = 44;

    /// <summary>Of a socket that is to connect, or was accepted.</summary>
    internal static void Apply(Socket socket)
    {
        socket.NoDelay = true;
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            // Each try of the system's is twice as long after the one before: a link that was gone for 5 s would be missed for 6. The shortest it takes.
            socket.SetRawSocketOption(SolTcp, LongestRetryMilliseconds, BitConverter.GetBytes(1000));
        }
        catch (SocketException)
        {
            // This kernel does not know it: its own pauses serve.
        }
    }
}
