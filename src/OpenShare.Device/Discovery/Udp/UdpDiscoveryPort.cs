using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Akka.Actor;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Discovery.Udp;

/// <summary>
/// Discovery on real sockets: one for each interface, medium and address family. The loopback interface is always among
/// them, so that two agents on one machine find each other with every network off, and lose nothing when one comes.
/// </summary>
public sealed class UdpDiscoveryPort : IDiscoveryPort
{
    /// <summary>Datagrams under way to the receiver.</summary>
    private const int Credits = 256;

    private readonly Func<IEnumerable<SystemInterface>?> _interfaces;
    private readonly Func<int, bool, DiscoverySocket> _join;
    private readonly TimeProvider _time;
    private readonly SortedDictionary<(int Interface, bool IsV6), DiscoverySocket> _groups = [];
    private readonly SortedDictionary<int, BroadcastSocket> _broadcasts = [];
    private readonly SemaphoreSlim _credits = new(Credits, Credits);
    private IActorRef _receiver = ActorRefs.Nobody;
    private IReadOnlyList<SystemInterface> _system = [];

    public UdpDiscoveryPort() : this(SystemInterfaces.Read, (networkInterface, v6) => new MulticastSocket(networkInterface, v6)) { }

    /// <param name="interfaces">null: they cannot be read now</param>
    /// <param name="join">by the interface's number, and whether for IPv6; throws SocketException</param>
    internal UdpDiscoveryPort(Func<IEnumerable<SystemInterface>?> interfaces, Func<int, bool, DiscoverySocket> join, TimeProvider? time = null) =>
        (_interfaces, _join, _time) = (interfaces, join, time ?? TimeProvider.System);

    public void Open(IActorRef receiver)
    {
        _receiver = receiver;
        NetworkChange.NetworkAddressChanged += TellChange;
        NetworkChange.NetworkAvailabilityChanged += TellChange;
    }

    public DiscoveryInterfaces Refresh(ImmutableArray<string>? only)
    {
        _system = _interfaces()?.ToList() ?? _system;
        var (present, leftOut) = InterfaceChoice.Of(_system.Where(i => !i.Network.Addresses.IsEmpty && (only is not { } names || names.Contains(i.Network.Name))));
        Close(_groups, k => !present.Exists(i => i.Network.Index == k.Interface && Has(i.Network, k.IsV6)));
        Close(_broadcasts, k => !present.Exists(i => i.Network.Index == k && i.Broadcasts.SequenceEqual(_broadcasts[k].Networks)));

        var usable = ImmutableArray.CreateBuilder<MdnsInterface>();
        var failed = ImmutableArray.CreateBuilder<InterfaceFailure>();
        if (leftOut is not null)
            failed.Add(leftOut);
        foreach (var (network, broadcasts) in present)
        {
            var joined = ((bool[])[false, true]).Where(v6 => Has(network, v6)).Select(v6 => (Family: v6 ? "IPv6" : "IPv4", Problem: Join(network.Index, v6))).ToList();
            var isUsable = _groups.Keys.Any(k => k.Interface == network.Index);
            if (isUsable)
                usable.Add(network);
            // One family of two is a failure still: devices that have the other alone are not found.
            foreach (var (family, problem) in joined.Where(j => j.Problem is not null).Take(isUsable ? joined.Count : 1))
                failed.Add(new InterfaceFailure(isUsable ? $"{network.Name} over {family}" : network.Name, problem!));
            if (!broadcasts.IsEmpty && OpenBroadcast(network.Index, broadcasts) is { } reason)
                failed.Add(new InterfaceFailure($"{network.Name} by broadcast", reason));
        }

        return new DiscoveryInterfaces(usable.ToImmutable(), failed.ToImmutable());
    }

    public string? Send(int networkInterface, DiscoveryMedium medium, ReadOnlyMemory<byte> packet, IPEndPoint? to)
    {
        string? reason = null;
        var isSent = false;
        foreach (var socket in SocketsOf(networkInterface, medium).Where(s => s.Reaches(to)))
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
        Close(_groups, _ => true);
        Close(_broadcasts, _ => true);
    }

    private static void Close<TKey, TSocket>(SortedDictionary<TKey, TSocket> sockets, Func<TKey, bool> isGone)
        where TKey : notnull
        where TSocket : DiscoverySocket
    {
        foreach (var gone in sockets.Keys.Where(isGone).ToList())
        {
            sockets[gone].Dispose();
            sockets.Remove(gone);
        }
    }

    private static bool Has(MdnsInterface network, bool v6) =>
        network.Addresses.Any(a => a.AddressFamily == (v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork));

    private IEnumerable<DiscoverySocket> SocketsOf(int networkInterface, DiscoveryMedium medium) => medium == DiscoveryMedium.Multicast
        ? _groups.Where(s => s.Key.Interface == networkInterface).Select(s => s.Value)
        : _broadcasts.Where(s => s.Key == networkInterface).Select(s => s.Value);

    /// <returns>null when the group is joined; else why not, or why not until now</returns>
    private string? Join(int networkInterface, bool v6) => Open(_groups, (networkInterface, v6), () => _join(networkInterface, v6));

    private string? OpenBroadcast(int networkInterface, ImmutableArray<IPAddress> broadcasts) =>
        Open(_broadcasts, networkInterface, () => new BroadcastSocket(networkInterface, broadcasts));

    private string? Open<TKey, TSocket>(SortedDictionary<TKey, TSocket> sockets, TKey key, Func<TSocket> open)
        where TKey : notnull
        where TSocket : DiscoverySocket
    {
        string? wasDeaf = null;
        if (sockets.TryGetValue(key, out var known))
        {
            if (known.Failure is null)
                return null;
            wasDeaf = known.Failure;
            known.Dispose();
            sockets.Remove(key);
        }
        try
        {
            var socket = open();
            sockets[key] = socket;
            socket.Open(_receiver, _credits, _time);
            // Whether it hears anything now, the next refresh tells.
            return wasDeaf;
        }
        catch (SocketException error)
        {
            return error.Message;
        }
    }

    private void TellChange(object? sender, EventArgs change) => _receiver.Tell(NetworkMayHaveChanged.Instance, ActorRefs.NoSender);
}
