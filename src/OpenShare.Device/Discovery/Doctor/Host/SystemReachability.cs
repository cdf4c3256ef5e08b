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
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
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
                SocketError.NetworkUnreachable or SocketError.AddressNotAvailable or SocketError.AccessDenied or SocketError.NetworkDown => Connecting.NoWay,
                // Also what a firewall says that rejects (ICMP: administratively prohibited).
                _ => Connecting.NoAnswer,
            };
        }
    }

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
        catch (Exception error) when (error is OperationCanceledException or PingException or PlatformNotSupportedException)
        {
            // It may not want to be pinged, or this user may not ping.
        }
        return OperatingSystem.IsLinux() && LinuxNeighbours.IsMissing(address) ? Presence.Silent : Presence.Unknown;
    }
}
