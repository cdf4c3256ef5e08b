using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>One address, asked by TCP and by ping.</summary>
internal sealed class SystemReachability : IReachability
{
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(1);
    private const int Pings = 2;

    public async Task<Connecting> Connect(IPEndPoint endPoint, CancellationToken cancellation)
    {
        if (!IsSpoken(endPoint.AddressFamily))
            return Connecting.NoWay;
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint, cancellation).ConfigureAwait(false);
            return Connecting.Connected;
        }
        catch (OperationCanceledException)
        {
            return Connecting.NoAnswer;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode switch
            {
                SocketError.ConnectionRefused or SocketError.ConnectionReset => Connecting.Refused,
                SocketError.NetworkUnreachable or SocketError.AddressNotAvailable or SocketError.AccessDenied or SocketError.NetworkDown
                    or SocketError.AddressFamilyNotSupported => Connecting.NoWay,
                // Also what a firewall says that rejects (ICMP: administratively prohibited).
                _ => Connecting.NoAnswer,
            };
        }
    }

    /// <summary>A kernel may have been started without IPv6.</summary>
    internal static bool IsSpoken(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? Socket.OSSupportsIPv6 : Socket.OSSupportsIPv4;

    public async Task<Presence> LookFor(IPAddress address, CancellationToken cancellation)
    {
        using var ping = new Ping();
        try
        {
            for (var tries = 0; tries < Pings; tries++)
            {
                var reply = await ping.SendPingAsync(address, PingPatience, cancellationToken: cancellation).ConfigureAwait(false);
                if (reply.Status == IPStatus.Success)
                    return Presence.Answers;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or PingException or PlatformNotSupportedException or SocketException)
        {
            // It may not want to be pinged, or this user may not ping.
        }
        return OperatingSystem.IsLinux() && LinuxNeighbours.IsMissing(address) ? Presence.Silent : Presence.Unknown;
    }
}
