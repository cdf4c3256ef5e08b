using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Device.Discovery.Udp;

/// <summary>One socket for one interface, one medium and one address family, on a port that it shares with other programs.</summary>
internal abstract class DiscoverySocket : IDisposable
{
    // A receive that fails this often in a row will not mend itself.
    private const int FailuresInARow = 100;

    private readonly int _interface;
    private readonly DiscoveryMedium _medium;
    private readonly CancellationTokenSource _closed = new();

    /// <exception cref="SocketException">the port is taken by a program that does not share it</exception>
    private protected DiscoverySocket(int networkInterface, DiscoveryMedium medium, AddressFamily family)
    {
        (_interface, _medium) = (networkInterface, medium);
        Socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // .NET sets SO_REUSEPORT along with it where there is one.
            Socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        }
        catch
        {
            Socket.Dispose();
            throw;
        }
    }

    private protected Socket Socket { get; }

    /// <summary>Starts telling the receiver what comes in, one datagram for each credit.</summary>
    internal void Open(IActorRef receiver, SemaphoreSlim credits) => _ = PumpAsync(receiver, credits);

    /// <exception cref="SocketException">the network, or a firewall on this host, does not let it out</exception>
    internal void Send(ReadOnlySpan<byte> packet, IPEndPoint? to)
    {
        if (to is null)
            SendToAll(packet);
        else
            Socket.SendTo(packet, to);
    }

    internal bool Reaches(IPEndPoint? to) => to is null || to.AddressFamily == Socket.AddressFamily;

    public void Dispose()
    {
        _closed.Cancel();
        Socket.Dispose();
    }

    private protected abstract void SendToAll(ReadOnlySpan<byte> packet);

    /// <summary>Whether it was sent to all; what was sent to this host alone may come from beyond the link (RFC 6762 §11).</summary>
    private protected abstract bool IsToAll(IPAddress destination);

    private async Task PumpAsync(IActorRef receiver, SemaphoreSlim credits)
    {
        var buffer = new byte[DnsLimits.Message];
        var anybody = new IPEndPoint(Socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var failures = 0;
        while (failures < FailuresInARow)
        {
            try
            {
                var received = await Socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, anybody, _closed.Token).ConfigureAwait(false);
                failures = 0;
                if (IsForUs(received) && await credits.WaitAsync(TimeSpan.Zero, _closed.Token).ConfigureAwait(false))
                    receiver.Tell(new DiscoveryDatagram(_interface, _medium, (IPEndPoint)received.RemoteEndPoint, buffer.AsMemory(0, received.ReceivedBytes).ToArray()), ActorRefs.NoSender);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                failures++;
            }
        }
    }

    // Every socket on the port hears what came for any of them, on every interface.
    private bool IsForUs(SocketReceiveMessageFromResult received) =>
        received.PacketInformation.Interface == _interface
        && IsToAll(received.PacketInformation.Address)
        && (received.SocketFlags & SocketFlags.Truncated) == 0;
}
