using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Simulation.Network.Observing;

namespace OpenShare.Simulation.Network.Datagrams;

/// <summary>A process's multicast DNS port on its host's one interface. The sender hears itself.</summary>
internal sealed class SimulatedDiscoveryPort(HostProcess process) : IDiscoveryPort
{
    private const int Interface = 1;
    private const string InterfaceName = "lan";

    /// <summary>Datagrams under way to the receiver, as with real sockets.</summary>
    private const int Credits = 256;

    private static readonly IPEndPoint Group = new(IPAddress.Parse("224.0.0.251"), MdnsMachine.Port);
    private static readonly IPEndPoint Everybody = new(IPAddress.Broadcast, MdnsMachine.BroadcastPort);

    private readonly SimulatedNetwork _network = process.Host.Network;
    private readonly long _number = process.Host.Network.NextNumber();
    private IActorRef _receiver = ActorRefs.Nobody;
    private NetworkFlow? _multicast;
    private NetworkFlow? _broadcast;
    private int _credits = Credits;
    private bool _isJoined;
    private bool _isClosed;

    private SimulatedHost Host => process.Host;

    private bool IsClosed => _isClosed || process.IsDead;

    public void Open(IActorRef receiver) => _receiver = receiver;

    public DiscoveryInterfaces Refresh(ImmutableArray<string>? only)
    {
        _isJoined = !IsClosed && Host.IsUp && (only is not { } names || names.Contains(InterfaceName));
        return new DiscoveryInterfaces(_isJoined ? [new MdnsInterface(Interface, InterfaceName, IsLoopback: false, [Host.Address])] : [], []);
    }

    public string? Send(int networkInterface, DiscoveryMedium medium, ReadOnlyMemory<byte> packet, IPEndPoint? to)
    {
        if (IsClosed || !_isJoined || networkInterface != Interface)
            return "The interface is gone.";
        var flow = FlowTo(medium, to);
        // The sender may use its memory again at once; the receivers share one copy.
        var datagram = new DiscoveryDatagram(Interface, medium, flow.Source, packet.ToArray());
        _network.Observer.Sent(flow, packet.Span);
        _network.Datagrams.Sent(1, packet.Length);
        var spread = new DatagramSpread(_network, flow, datagram, Host);
        if (to is not null)
        {
            if (Host.Segment.Find(to.Address) is { } receiver)
                spread.ToOne(receiver);
        }
        else if (medium == DiscoveryMedium.Multicast)
        {
            spread.ToAll(c => c.MulticastBlocked);
        }
        else
        {
            spread.ToAll(c => c.BroadcastBlocked);
        }
        return null;
    }

    public void Release() => _credits++;

    public void Dispose()
    {
        _isClosed = true;
        process.Remove(this);
    }

    internal void TellNetworkChange() => _receiver.Tell(NetworkMayHaveChanged.Instance, ActorRefs.NoSender);

    /// <returns>null: the receiver has it; else why not</returns>
    internal DropReason? Take(DiscoveryDatagram datagram)
    {
        if (IsClosed || !_isJoined)
            return DropReason.Unreachable;
        if (_credits == 0)
            return DropReason.ReceiverFull;
        _credits--;
        _receiver.Tell(datagram, ActorRefs.NoSender);
        return null;
    }

    private NetworkFlow FlowTo(DiscoveryMedium medium, IPEndPoint? to)
    {
        if (_multicast?.Source.Address.Equals(Host.Address) is not true)
        {
            _multicast = new NetworkFlow(_number, Host.Name, new IPEndPoint(Host.Address, MdnsMachine.Port), Group, IsStream: false);
            _broadcast = new NetworkFlow(_number, Host.Name, new IPEndPoint(Host.Address, MdnsMachine.BroadcastPort), Everybody, IsStream: false);
        }
        var flow = medium == DiscoveryMedium.Multicast ? _multicast : _broadcast!;
        return to is null ? flow : flow with { Destination = to };
    }
}
