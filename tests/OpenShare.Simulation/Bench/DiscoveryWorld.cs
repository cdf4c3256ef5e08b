using System.Globalization;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Network.Observing;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Bench;

/// <summary>Devices of which nothing runs but discovery: its production actor, and every packet through the real codec.</summary>
internal sealed class DiscoveryWorld : IDisposable
{
    private readonly ActorSystem _system = World.CreateSystem();
    private readonly NetworkTrace _trace;
    private readonly SimulatedNetwork _network;
    private readonly AccountHash _account = AccountHash.FromKey(new byte[AccountHash.KeyMinimum]);
    private readonly int _seed;
    private readonly List<Sightings> _devices = [];

    /// <param name="isDualStack">each device has IPv6 beside IPv4</param>
    internal DiscoveryWorld(int devices, int networks, int seed, bool isDualStack = false)
    {
        _seed = seed;
        _trace = new NetworkTrace(Scheduler.Queue);
        _network = new SimulatedNetwork(Scheduler.Queue, seed, _trace);
        var segments = Enumerable.Range(1, networks).Select(i => _network.Segment($"lan-{i}", LinkConditions.Wired)).ToList();
        // A simulated host has one address: the other family is a network beside it.
        var segmentsV6 = Enumerable.Range(1, networks).Select(i => _network.Segment($"lan-{i}-v6", LinkConditions.Wired)).ToList();
        for (var i = 0; i < devices; i++)
            _devices.Add(Start(i + 1, segments[i % networks], isDualStack ? segmentsV6[i % networks] : null));
    }

    internal TrafficCounters Datagrams => _network.Datagrams;

    /// <summary>Devices sighted by devices.</summary>
    internal long Seen => _devices.Sum(d => (long)d.Seen.Count);

    internal SimulationQueue Queue => Scheduler.Queue;

    private SimulationScheduler Scheduler => (SimulationScheduler)_system.Scheduler;

    public void Dispose() => _trace.Dispose();

    private Sightings Start(int number, SimulatedSegment segment, SimulatedSegment? segmentV6)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"d{number}");
        var host = segment.Attach(name, World.AddressOf(number));
        var hostV6 = segmentV6?.Attach(name + "-v6", new IPAddress([0xfd, .. new byte[11], .. World.AddressOf(number).GetAddressBytes()]));
        var process = new SimulatedProcess(Scheduler.Queue, new MachineClock(Scheduler.Queue));
        var random = new SeededRandom(HashSeed.Of(_seed, number));
        var context = new DeviceContext(
            new SimulatedClock(process), random, new SimulatedWorkers(process, 1, () => 1, () => TimeSpan.Zero), host.Transport, new DeviceEventBus());
        var sightings = new Sightings();
        context.Events.Subscribe<IDeviceEvent>(sightings);
        Scheduler.Processes.Spawn(_system, process, name, DiscoveryActor.Props(context, () => hostV6 is null ? host.OpenPort() : new DualStackPort(host.OpenPort(), hostV6.OpenPort()))).Tell(
            new DiscoveryCommands.Start(new DiscoveryOptions(
                name, DeviceId.FromBytes(random.Bytes(16)), number.ToString("x16", CultureInfo.InvariantCulture), _account, AdvertisedPort: 4711,
                News: NewsTag.Of(new byte[32], trustRoot: 1, revocationList: 1))),
            ActorRefs.NoSender);
        return sightings;
    }

    private sealed class Sightings : MinimalActorRef
    {
        internal HashSet<DeviceId> Seen { get; } = [];

        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "sightings";

        public override IActorRefProvider Provider => throw new NotSupportedException();

        protected override void TellInternal(object message, IActorRef sender)
        {
            if (message is DiscoveryEvents.PeerSighted sighted)
                Seen.Add(sighted.Sighting.DeviceId);
            else if (message is DiscoveryEvents.PeerLost lost)
                Seen.Remove(lost.DeviceId);
        }
    }
}
