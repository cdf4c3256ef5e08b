using System.Net;
using Akka.Actor;
using Akka.Configuration;
using OpenShare.Device.Discovery.Memory;
using OpenShare.Device.Transport.Memory;
using OpenShare.Protocol.Registration;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Service;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation;

/// <summary>
/// One simulated network with the devices of one account on it, and their registration service. One seed decides
/// everything that happens; the thread that runs it is the only one there is.
/// </summary>
public sealed class Lan : IDisposable
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    private readonly List<SimulatedDevice> _devices = [];
    private readonly int _seed;
    private RegistrationTokenText? _token;

    public Lan(int seed, ServiceLifetimes? lifetimes = null)
    {
        _seed = seed;
        System = ActorSystem.Create("lan", ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "simulation.conf"))));
        Queue = Scheduler.Queue;
        Trace = new Trace(Queue);
        Network = new MemoryNetwork(delivery => Queue.Schedule(Latency, delivery));
        Service = new SimulatedService(Queue, HashSeed.Of(seed, -2), lifetimes ?? ServiceLifetimes.AsInLife);
    }

    public Trace Trace { get; }

    public SimulatedService Service { get; }

    /// <summary>Virtual time since the start.</summary>
    public TimeSpan Elapsed => Queue.Elapsed;

    internal SimulationQueue Queue { get; }

    internal ActorSystem System { get; }

    internal Processes Processes => Scheduler.Processes;

    internal MemoryNetwork Network { get; }

    internal MemoryMulticast Multicast { get; } = new();

    /// <summary>What a device's database is copied from, which is faster than making it.</summary>
    internal EmptyDatabase EmptyDatabase { get; } = new();

    private SimulationScheduler Scheduler => (SimulationScheduler)System.Scheduler;

    /// <summary>Puts a machine on the network: its device is registered and runs.</summary>
    /// <param name="saveTo">a directory of its own</param>
    /// <param name="losesPower">whether it may be taken the power: that costs a copy of its database now and then</param>
    public SimulatedDevice Device(string name, string saveTo, bool losesPower = false)
    {
        var device = Unregistered(name, saveTo, losesPower);
        device.Enroll(_token ??= Service.IssueToken(uses: 10_000));
        device.Start();
        return device;
    }

    /// <summary>Puts a machine on the network whose device has yet to be started and registered.</summary>
    /// <inheritdoc cref="Device"/>
    public SimulatedDevice Unregistered(string name, string saveTo, bool losesPower = false)
    {
        var number = _devices.Count;
        var address = new IPAddress([10, 0, (byte)(number / 250), (byte)(number % 250 + 1)]);
        var device = new SimulatedDevice(this, name, address, HashSeed.Of(_seed, number), saveTo, losesPower);
        _devices.Add(device);
        return device;
    }

    /// <summary>Does something to the world at a later time.</summary>
    public void After(TimeSpan delay, Action what) => Queue.Schedule(delay, what);

    /// <summary>Breaks every connection there is.</summary>
    public void CutAll()
    {
        Trace.Add("network", "cut");
        Queue.Post(Network.CutAll);
    }

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
        Trace.Dispose();
    }
}
