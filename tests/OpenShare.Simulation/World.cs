using System.Net;
using Akka.Actor;
using Akka.Configuration;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Network.Observing;
using OpenShare.Simulation.Scenarios;
using OpenShare.Simulation.Service;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation;

/// <summary>
/// One simulated world: networks, a registration service, and whole devices, each on its own machine. One seed decides
/// everything that happens; the thread that runs it is the only one there is.
/// </summary>
public sealed partial class World : IDisposable
{
    private readonly List<SimulatedSegment> _segments = [];
    private readonly List<SimulatedDevice> _devices = [];
    private readonly Dictionary<DeviceId, SimulatedDevice> _byId = [];
    private readonly Dictionary<string, SimulatedDevice> _byName = [];
    private readonly List<Delivery> _deliveries = [];
    private readonly HashSet<DeviceId> _forbidden = [];
    private readonly NetworkTrace _wire;
    private RegistrationTokenText? _token;
    private int _addresses;

    internal World(Scenario scenario, Action<string>? line)
    {
        Scenario = scenario;
        System = CreateSystem();
        Queue = Scheduler.Queue;
        Trace = new Trace(Queue, line);
        _wire = new NetworkTrace(Queue, line);
        Network = new SimulatedNetwork(Queue, SeedOf(-1), _wire, new WireWatch(this));
        Service = new SimulatedService(Queue, SeedOf(-2), scenario.Lifetimes);
        for (var i = 0; i < scenario.Networks; i++)
            _segments.Add(Network.Segment($"lan-{i + 1}", scenario.Conditions));
        Watch();
    }

    public Scenario Scenario { get; }

    public Trace Trace { get; }

    public SimulatedService Service { get; }

    public SimulatedNetwork Network { get; }

    public IReadOnlyList<SimulatedSegment> Segments => _segments;

    public IReadOnlyList<SimulatedDevice> Devices => _devices;

    public IReadOnlyList<Delivery> Deliveries => _deliveries;

    /// <summary>Devices that were revoked.</summary>
    public List<SimulatedDevice> Revoked { get; } = [];

    /// <summary>The version of the revocation list that first named each of them.</summary>
    internal Dictionary<DeviceId, ulong> RevokedIn { get; } = [];

    /// <summary>Virtual time since the start.</summary>
    public TimeSpan Elapsed => Queue.Elapsed;

    internal SimulationQueue Queue { get; }

    internal ActorSystem System { get; }

    internal Processes Processes => Scheduler.Processes;

    /// <summary>What a device's database is copied from, which is faster than making it.</summary>
    internal EmptyDatabase EmptyDatabase { get; } = new();

    private SimulationScheduler Scheduler => (SimulationScheduler)System.Scheduler;

    /// <summary>Puts a machine on a network: its device is registered and runs.</summary>
    /// <param name="segment">null: the networks in turn</param>
    /// <param name="losesPower">whether it may be taken the power, which costs a copy of its database now and then; null: as the scenario has it</param>
    public SimulatedDevice AddDevice(string name, SimulatedSegment? segment = null, bool? losesPower = null)
    {
        var device = AddMachine(name, segment, losesPower);
        device.Enroll(_token ??= Service.IssueToken(uses: 10_000));
        _byId[device.Id] = device;
        device.Start();
        return device;
    }

    /// <summary>Puts a machine on a network whose device has yet to be registered and started.</summary>
    public SimulatedDevice AddMachine(string name, SimulatedSegment? segment = null, bool? losesPower = null)
    {
        var host = (segment ?? _segments[_devices.Count % _segments.Count]).Attach(name, FreshAddress());
        var device = new SimulatedDevice(this, host, SeedOf(_devices.Count), losesPower ?? Scenario.LosesPower);
        device.Disk.Changed += change => OnDisk(device, change);
        _devices.Add(device);
        _byName[name] = device;
        return device;
    }

    public SimulatedDevice Device(string name) => _byName[name];

    /// <summary>As its user would: begins to send what is on its disk.</summary>
    public Delivery Send(SimulatedDevice from, SimulatedDevice to, string path)
    {
        var delivery = new Delivery(from, to, path);
        _deliveries.Add(delivery);
        if (_forbidden.Contains(from.Id) || _forbidden.Contains(to.Id))
            delivery.Forbid();
        delivery.MayLackFiles = from.Disk.ReadsTurnABit > 0;
        Begin(delivery);
        return delivery;
    }

    /// <summary>As an administrator would. What this device sends or is sent from now on may fail.</summary>
    public void Revoke(SimulatedDevice device)
    {
        if (!Service.IsUp)
            Service.GoUp();
        Fault($"{device.Name} is revoked");
        Revoked.Add(device);
        RevokedIn.TryAdd(device.Id, Service.Revoke(device.Id));
        Forbid(device.Id);
    }

    /// <summary>
    /// The registration service's database is lost, and an old backup takes its place. Its administrator revokes anew what
    /// that does not know of.
    /// </summary>
    /// <param name="noticed">how long after</param>
    public void RestoreService(TimeSpan noticed)
    {
        Fault("the registration service is restored from a backup");
        Service.RestoreBackup();
        After(noticed, () =>
        {
            Service.GoUp();
            foreach (var device in Revoked)
                Service.Revoke(device.Id);
        });
    }

    /// <summary>A copy of the device's key and database starts on another machine of the same network.</summary>
    public SimulatedDevice Clone(SimulatedDevice device)
    {
        Fault($"{device.Name}'s home is copied to another machine");
        var clone = AddMachine($"{device.Name}-clone", device.Host.Segment);
        clone.CopyHomeOf(device);
        clone.Start();
        Forbid(device.Id);
        return clone;
    }

    /// <summary>A stranger joins the device's network and announces it there, as anybody may.</summary>
    public void Forge(SimulatedDevice device)
    {
        Fault($"somebody announces {device.Name}");
        _ = new Forger(Queue, device.Host.Segment.Attach($"{device.Name}-forger", FreshAddress()), device.Id);
    }

    /// <summary>Does something to the world at a later time.</summary>
    public void After(TimeSpan delay, Action what) => Queue.Schedule(delay, what);

    /// <inheritdoc cref="SimulationQueue.RunUntil"/>
    public bool RunUntil(Func<bool> condition, TimeSpan limit) => Queue.RunUntil(condition, limit);

    public void RunFor(TimeSpan time) => Queue.RunFor(time);

    public void Dispose()
    {
        // The actor system is left as it is: it has no thread of its own, so without the queue nothing in it runs any more.
        foreach (var device in _devices)
            device.Dispose();
        EmptyDatabase.Dispose();
        Service.Dispose();
        _wire.Dispose();
        Trace.Dispose();
    }

    /// <summary>An actor system that runs on the queue of its own scheduler.</summary>
    internal static ActorSystem CreateSystem() =>
        ActorSystem.Create("lan", ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "simulation.conf"))));

    /// <summary>An address that no host has had before.</summary>
    internal IPAddress FreshAddress() => AddressOf(++_addresses);

    internal static IPAddress AddressOf(int number) => new([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);

    internal SimulatedDevice? DeviceOf(DeviceId id) => _byId.GetValueOrDefault(id);

    internal string NameOf(DeviceId id) => DeviceOf(id)?.Name ?? id.ToString();

    internal int SeedOf(int number) => HashSeed.Of(Scenario.SeedValue, number);

    // What is sent by it or to it may come to no good end from now on.
    private void Forbid(DeviceId device)
    {
        _forbidden.Add(device);
        foreach (var delivery in _deliveries.Where(d => d.From.Id == device || d.To.Id == device))
            delivery.Forbid();
    }

    // A user whose machine is off sends later.
    private void Begin(Delivery delivery)
    {
        if (delivery.Transfer is not null || delivery.IsImpossible)
            return;
        if (delivery.From.IsRunning)
            delivery.From.Send(delivery.To, id => delivery.Transfer = id, delivery.Source);
        After(TimeSpan.FromSeconds(30), () => Begin(delivery));
    }
}
