using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transfers;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Devices;

/// <summary>One whole device: the actors that a real one has, on simulated adapters.</summary>
public sealed class SimulatedDevice : IDisposable
{
    private const int Port = 4711;

    private readonly DeviceDatabase _database = DeviceDatabase.OpenInMemory();
    private readonly HashSet<DeviceId> _sighted = [];
    private readonly IActorRef _device;
    private readonly IActorRef _tracer;

    internal SimulatedDevice(Lan lan, SimulatedHost host, int seed, DeviceIdentity identity, string saveTo)
    {
        var name = host.Name;
        (Name, Identity, SaveTo) = (name, identity, saveTo);
        var context = new DeviceContext(
            new SimulatedClock(lan.Queue), new SeededRandom(seed), new SimulatedWorkers(lan.Queue), host.Transport, new DeviceEventBus());
        var keys = new MemoryKeyStore();
        keys.Save((SigningKey)identity.Key);
        _database.Registration.Save(new RegistrationRecord(
            identity.Server, identity.Certificate, identity.Chain, identity.AccountDiscoveryKey, ServerTrust: null));
        _tracer = lan.System.ActorOf(DeviceTracer.Props(lan.Trace, name, Note, () => IsStopped = true), $"{name}-trace");
        context.Events.Subscribe<IDeviceEvent>(_tracer);
        var adapters = new DeviceAdapters(
            context, keys, _database, new LocalDisk(), new IdleRegistrationService(lan.Queue), host.Transport.Listen(new IPEndPoint(IPAddress.Any, Port)),
            host.OpenPort, RevocationPace.Default);
        _device = lan.System.ActorOf(DeviceActor.Props(adapters, new DeviceSettings(name, AdvertisedPort: null, [], AcceptPolicy.Own, saveTo)), name);
    }

    public string Name { get; }

    public DeviceId Id => Identity.DeviceId;

    /// <summary>Where what it receives goes.</summary>
    public string SaveTo { get; }

    /// <summary>What its user sees of its transfers, by id.</summary>
    public ImmutableDictionary<string, TransferView> Transfers { get; private set; } = ImmutableDictionary<string, TransferView>.Empty;

    /// <summary>It was told to stop, and has.</summary>
    public bool IsStopped { get; private set; }

    internal DeviceIdentity Identity { get; }

    /// <summary>As its user would: begins to send.</summary>
    public void Send(SimulatedDevice to, params string[] paths) =>
        _device.Tell(new TransferCommands.SendFiles([.. paths], new SendTarget.Device(to.Id)), _tracer);

    /// <summary>As its agent does at the end.</summary>
    public void Stop() => _device.Tell(new DeviceActor.Stop(), _tracer);

    public bool Sees(SimulatedDevice other) => _sighted.Contains(other.Id);

    public void Dispose() => _database.Dispose();

    private void Note(IDeviceEvent deviceEvent)
    {
        switch (deviceEvent)
        {
            case TransferEvents.TransferChanged { Transfer: var transfer }:
                Transfers = Transfers.SetItem(transfer.Id.ToString(), transfer);
                break;
            case DiscoveryEvents.PeerSighted { Sighting: var sighting }:
                _sighted.Add(sighting.DeviceId);
                break;
            case DiscoveryEvents.PeerLost lost:
                _sighted.Remove(lost.DeviceId);
                break;
        }
    }
}
