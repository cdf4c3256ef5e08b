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
    private const int FailuresInARow = 10;
    private static readonly TimeSpan BetweenFailures = TimeSpan.FromMilliseconds(100);

    private readonly int _interface;
    private readonly DiscoveryMedium _medium;
    private readonly CancellationTokenSource _closed = new();
    private volatile string? _failure;

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

    /// <summary>Why nothing is heard on it any more; null: it works.</summary>
    internal string? Failure => _failure;

    /// <summary>Starts telling the receiver what comes in, one datagram for each credit.</summary>
    internal void Open(IActorRef receiver, SemaphoreSlim credits, TimeProvider time) => _ = PumpAsync(receiver, credits, time);

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

    private protected virtual ValueTask<SocketReceiveMessageFromResult> ReceiveAsync(Memory<byte> buffer, EndPoint from, CancellationToken cancellation) =>
        Socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, from, cancellation);

    private async Task PumpAsync(IActorRef receiver, SemaphoreSlim credits, TimeProvider time)
    {
        var buffer = new byte[DnsLimits.Message];
        var anybody = new IPEndPoint(Socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var failures = 0;
        while (true)
        {
            try
            {
                var received = await ReceiveAsync(buffer, anybody, _closed.Token).ConfigureAwait(false);
                failures = 0;
                if (IsForUs(received) && await credits.WaitAsync(TimeSpan.Zero, _closed.Token).ConfigureAwait(false))
                    receiver.Tell(new DiscoveryDatagram(_interface, _medium, (IPEndPoint)received.RemoteEndPoint, buffer.AsMemory(0, received.ReceivedBytes).ToArray()), ActorRefs.NoSender);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.MessageSize or SocketError.ConnectionReset)
            {
                // That is about one datagram, which anybody may have sent.
            }
            catch (SocketException error)
            {
                if (++failures == FailuresInARow)
                {
                    _failure = error.Message;
                    return;
                }
                await Task.Delay(BetweenFailures, time, _closed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Every socket on the port hears what came for any of them, on every interface.
    private bool IsForUs(SocketReceiveMessageFromResult received) =>
        received.PacketInformation.Interface == _interface
        && IsToAll(received.PacketInformation.Address)
        && (received.SocketFlags & SocketFlags.Truncated) == 0;
}
