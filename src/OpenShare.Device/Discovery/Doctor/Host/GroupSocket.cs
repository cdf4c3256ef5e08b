using System.Net;
using System.Net.Sockets;
using OpenShare.Device.Discovery.Udp;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>
/// A second socket on port 5353, beside the agent's: what is asked from here is answered to everybody. Agents on this host do
/// not hear it: one that answered would spare others the answer (RFC 6762 §7.4).
/// </summary>
internal sealed class GroupSocket : IDisposable
{
    private const int HopLimit = 255;

    private readonly Socket _socket;
    private readonly IPEndPoint _group;
    private readonly int _interface;

    /// <exception cref="SocketException">the port is taken by a program that does not share it, or the group cannot be joined</exception>
    internal GroupSocket(int networkInterface, bool isV6)
    {
        _interface = networkInterface;
        _group = Group(networkInterface, isV6);
        _socket = new Socket(_group.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            var level = isV6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP;
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (isV6)
                _socket.DualMode = false;
            _socket.Bind(new IPEndPoint(isV6 ? IPAddress.IPv6Any : IPAddress.Any, MdnsMachine.Port));
            _socket.SetSocketOption(level, SocketOptionName.AddMembership, isV6 ? new IPv6MulticastOption(_group.Address, networkInterface) : new MulticastOption(_group.Address, networkInterface));
            _socket.SetSocketOption(level, SocketOptionName.PacketInformation, true);
            HelperSocket.PrepareMulticast(_socket, networkInterface, HopLimit);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Everybody on the link of that interface.</summary>
    internal static IPEndPoint Group(int networkInterface, bool isV6) =>
        new(isV6 ? new IPAddress(MulticastSocket.GroupV6.GetAddressBytes(), networkInterface) : MulticastSocket.GroupV4, MdnsMachine.Port);

    internal SendOutcome Send() => SendOutcome.OfSending(() => _socket.SendTo(HelperPacket.AskAll(), _group));

    /// <summary>Tells what is heard, until cancelled.</summary>
    internal async Task Hear(Action<IPAddress, HelperAnswer> heard, CancellationToken cancellation)
    {
        var buffer = new byte[DnsLimits.Message];
        var anybody = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, anybody, cancellation).ConfigureAwait(false);
                if (IsForUs(received) && HelperPacket.Read(buffer.AsSpan(0, received.ReceivedBytes)) is { } answer)
                    heard(((IPEndPoint)received.RemoteEndPoint).Address, answer);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // One datagram less.
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    // Every socket on the port hears what any of them joined, on every interface.
    private bool IsForUs(SocketReceiveMessageFromResult received) =>
        received.PacketInformation.Interface == _interface
        && received.PacketInformation.Address.GetAddressBytes().AsSpan().SequenceEqual(_group.Address.GetAddressBytes())
        && ((IPEndPoint)received.RemoteEndPoint).Port == MdnsMachine.Port;
}
