using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Akka.Actor;
using OpenShare.Protocol.Discovery;

namespace OpenShare.Device.Discovery.Udp;

/// <summary>
/// Multicast DNS on real sockets: one for each interface and address family. The loopback interface is always among
/// them, so that two agents on one machine find each other with every network off, and lose nothing when one comes.
/// </summary>
public sealed class UdpMulticastPort : IMulticastPort
{
    /// <summary>Datagrams under way to the receiver.</summary>
    private const int Credits = 256;

    private readonly Func<IEnumerable<MdnsInterface>> _interfaces;
    private readonly Func<int, bool, MulticastSocket> _join;
    private readonly SortedDictionary<(int Interface, bool IsV6), MulticastSocket> _sockets = [];
    private readonly SemaphoreSlim _credits = new(Credits, Credits);
    private IActorRef _receiver = ActorRefs.Nobody;

    public UdpMulticastPort() : this(SystemInterfaces.Read, (networkInterface, v6) => new MulticastSocket(networkInterface, v6)) { }

    /// <param name="join">by the interface's number, and whether for IPv6; throws SocketException</param>
    internal UdpMulticastPort(Func<IEnumerable<MdnsInterface>> interfaces, Func<int, bool, MulticastSocket> join) =>
        (_interfaces, _join) = (interfaces, join);

    public void Open(IActorRef receiver)
    {
        _receiver = receiver;
        NetworkChange.NetworkAddressChanged += TellChange;
        NetworkChange.NetworkAvailabilityChanged += TellChange;
    }

    public MulticastInterfaces Refresh(ImmutableArray<string>? only)
    {
        var present = _interfaces().Where(i => only is not { } names || names.Contains(i.Name)).ToList();
        foreach (var gone in _sockets.Keys.Where(k => !present.Exists(i => i.Index == k.Interface && Has(i, k.IsV6))).ToList())
        {
            _sockets[gone].Dispose();
            _sockets.Remove(gone);
        }

        var usable = ImmutableArray.CreateBuilder<MdnsInterface>();
        var failed = ImmutableArray.CreateBuilder<DiscoveryEvents.InterfaceFailed>();
        foreach (var network in present.Take(MdnsMachine.Interfaces))
        {
            var joined = ((bool[])[false, true]).Where(v6 => Has(network, v6)).Select(v6 => (Family: v6 ? "IPv6" : "IPv4", Problem: Join(network.Index, v6))).ToList();
            var isUsable = joined.Exists(j => j.Problem is null);
            if (isUsable)
                usable.Add(network);
            // One family of two is a failure still: devices that have the other alone are not found.
            foreach (var (family, problem) in joined.Where(j => j.Problem is not null).Take(isUsable ? joined.Count : 1))
                failed.Add(new DiscoveryEvents.InterfaceFailed(isUsable ? $"{network.Name} over {family}" : network.Name, problem!));
        }

        return new MulticastInterfaces(usable.ToImmutable(), failed.ToImmutable());
    }

    public string? Send(int networkInterface, ReadOnlyMemory<byte> packet, IPEndPoint? to)
    {
        string? reason = null;
        var isSent = false;
        foreach (var ((_, _), socket) in _sockets.Where(s => s.Key.Interface == networkInterface && s.Value.Reaches(to)))
        {
            try
            {
                socket.Send(packet.Span, to);
                isSent = true;
            }
            catch (SocketException error)
            {
                reason ??= error.Message;
            }
        }

        return isSent ? null : reason ?? "The interface is gone.";
    }

    public void Release() => _credits.Release();

    public void Dispose()
    {
        NetworkChange.NetworkAddressChanged -= TellChange;
        NetworkChange.NetworkAvailabilityChanged -= TellChange;
        foreach (var socket in _sockets.Values)
            socket.Dispose();
        _sockets.Clear();
    }

    private static bool Has(MdnsInterface network, bool v6) =>
        network.Addresses.Any(a => a.AddressFamily == (v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork));

    /// <returns>null when the group is joined; else why not</returns>
    private string? Join(int networkInterface, bool v6)
    {
        if (_sockets.ContainsKey((networkInterface, v6)))
            return null;
        try
        {
            var socket = _join(networkInterface, v6);
            _sockets[(networkInterface, v6)] = socket;
            socket.Open(_receiver, _credits);
            return null;
        }
        catch (SocketException error)
        {
            return error.Message;
        }
    }

    private void TellChange(object? sender, EventArgs change) => _receiver.Tell(NetworkMayHaveChanged.Instance, ActorRefs.NoSender);
}
