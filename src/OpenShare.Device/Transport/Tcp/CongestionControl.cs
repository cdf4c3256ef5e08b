using System.Net.Sockets;
using System.Text;

namespace OpenShare.Device.Transport.Tcp;

/// <summary>
/// How one connection decides how fast to send, chosen by its path. Cubic fills a clean line with the least work, but takes each
/// lost packet for a full one: with five of a hundred lost it sends an eighth of what goes. BBR does not, so a connection
/// changes to it, under way, once its path is a lossy one. Where the system has no such choice, its own serves.
/// </summary>
/// <param name="forLoss">what a lossy path is to have</param>
internal sealed class CongestionControl(Socket socket, PathLoss path, string forLoss = CongestionControl.Lossy)
{
    internal const string Clean = "cubic";
    internal const string Lossy = "bbr";

    // Bytes from one look at the connection to the next.
    private const int LookEvery = 256 * 1024;

    // linux/tcp.h: options of SOL_TCP, and fields of struct tcp_info, which newer kernels only add to.
    private const int SolTcp = 6;
    private const int TcpInfo = 11;
    private const int TcpCongestion = 13;
    private const int PacketsSentAgain = 100;
    private const int DataPacketsSent = 156;
    private const int PacketsArrivedTwice = 216;
    private const int InfoSize = 220;

    private bool _isSettled = !OperatingSystem.IsLinux();
    private volatile bool _isSetForLoss;
    private readonly Retransmissions _retransmissions = new();
    private int _written;

    /// <summary>The path is a lossy one, and this system has nothing for such a path.</summary>
    internal bool IsHeldBackByLoss => path.IsLossy && !_isSetForLoss;

    /// <summary>Before the first byte.</summary>
    internal void Begin()
    {
        if (!_isSettled)
            _isSetForLoss = Set(path.IsLossy ? forLoss : Clean) && path.IsLossy;
        _isSettled |= path.IsLossy;
    }

    /// <summary>So much was given to the connection.</summary>
    internal void Wrote(int bytes)
    {
        if (_isSettled || (_written += bytes) < LookEvery)
            return;
        _written = 0;
        Look();
        if (!path.IsLossy)
            return;
        _isSetForLoss = Set(forLoss);
        _isSettled = true;
    }

    private void Look()
    {
        Span<byte> info = stackalloc byte[InfoSize];
        try
        {
            // A kernel older than 4.19 does not count what arrived twice.
            _isSettled = socket.GetRawSocketOption(SolTcp, TcpInfo, info) < InfoSize;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It is over, as whoever writes next will hear.
            _isSettled = true;
        }
        if (_isSettled)
            return;
        var (sent, lost) = _retransmissions.Since(Field(info, DataPacketsSent), Field(info, PacketsSentAgain), Field(info, PacketsArrivedTwice));
        path.Count(sent, lost);
    }

    private bool Set(string algorithm)
    {
        try
        {
            socket.SetRawSocketOption(SolTcp, TcpCongestion, Encoding.ASCII.GetBytes(algorithm));
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // This kernel does not have it for us, or the connection is over.
            return false;
        }
    }

    private static uint Field(ReadOnlySpan<byte> info, int at) => BitConverter.ToUInt32(info[at..]);
}
