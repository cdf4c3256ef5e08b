using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Discovery.Memory;

/// <summary>A network segment in memory: what one port sends, every port hears, the sender too.</summary>
public sealed class MemoryMulticast
{
    private readonly Lock _lock = new();
    private ImmutableList<Port> _ports = [];

    /// <summary>No multicast gets through while this is set.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>No broadcast gets through while this is set.</summary>
    public bool IsBroadcastBlocked { get; set; }

    private bool Blocks(DiscoveryMedium medium) => medium == DiscoveryMedium.Multicast ? IsBlocked : IsBroadcastBlocked;

    /// <summary>One device's port, with one interface that has this address. Its packets come from port 5353 of it.</summary>
    public IDiscoveryPort Attach(IPAddress address)
    {
        lock (_lock)
        {
            var port = new Port(this, address);
            _ports = _ports.Add(port);
            return port;
        }
    }

    private sealed class Port(MemoryMulticast segment, IPAddress address) : IDiscoveryPort
    {
        private const int Index = 1;
        private IActorRef _receiver = ActorRefs.Nobody;

        public void Open(IActorRef receiver) => _receiver = receiver;

        public DiscoveryInterfaces Refresh(ImmutableArray<string>? only) => new([new MdnsInterface(Index, "memory", IsLoopback: false, [address])], []);

        public string? Send(int networkInterface, DiscoveryMedium medium, ReadOnlyMemory<byte> packet, IPEndPoint? to)
        {
            lock (segment._lock)
            {
                foreach (var port in segment.Blocks(medium) ? [] : segment._ports)
                {
                    if (to is null || to.Address.Equals(port.Address))
                        port._receiver.Tell(new DiscoveryDatagram(Index, medium, new IPEndPoint(address, medium == DiscoveryMedium.Multicast ? MdnsMachine.Port : MdnsMachine.BroadcastPort), packet), ActorRefs.NoSender);
                }
            }

            return null;
        }

        public void Release() { }

        public void Dispose()
        {
            lock (segment._lock)
                segment._ports = segment._ports.Remove(this);
        }

        private IPAddress Address => address;
    }
}
