using System.Net;
using Akka.Actor;
using Akka.Configuration;
using OpenShare.Device.Discovery.Memory;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport.Memory;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation;

/// <summary>
/// One simulated network with the devices of one account on it. One seed decides everything that happens; the thread
/// that runs it is the only one there is.
/// </summary>
public sealed class Lan : IDisposable
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    private readonly TestOrganisation _organisation;
    private readonly List<SimulatedDevice> _devices = [];
    private readonly int _seed;

    public Lan(int seed)
    {
        _seed = seed;
        System = ActorSystem.Create("lan", ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "simulation.conf"))));
        Queue = ((SimulationScheduler)System.Scheduler).Queue;
        Trace = new Trace(Queue);
        Network = new MemoryNetwork(delivery => Queue.Schedule(Latency, delivery));
        _organisation = new TestOrganisation(seed, SimulationScheduler.Start);
    }

    public Trace Trace { get; }

    internal SimulationQueue Queue { get; }

    internal ActorSystem System { get; }

    internal MemoryNetwork Network { get; }

    internal MemoryMulticast Multicast { get; } = new();

    /// <summary>Puts a registered device on the network.</summary>
    /// <param name="saveTo">a directory of its own</param>
    public SimulatedDevice Device(string name, string saveTo)
    {
        var address = new IPAddress([10, 0, (byte)(_devices.Count / 250), (byte)(_devices.Count % 250 + 1)]);
        var device = new SimulatedDevice(this, name, address, HashCode.Of(_seed, _devices.Count), _organisation.Enroll(name), saveTo);
        _devices.Add(device);
        return device;
    }

    /// <summary>Breaks every connection there is.</summary>
    public void CutAll()
    {
        Trace.Add("network", "cut");
        Queue.Post(Network.CutAll);
    }

    /// <inheritdoc cref="SimulationQueue.RunUntil"/>
    public bool RunUntil(Func<bool> condition, TimeSpan limit) => Queue.RunUntil(condition, limit);

    public void Dispose()
    {
        // The actor system is left as it is: it has no thread of its own, so without the queue nothing in it runs any more.
        foreach (var device in _devices)
            device.Dispose();
        Trace.Dispose();
    }

    private static class HashCode
    {
        // Not System.HashCode: that has a seed of its own in every process.
        internal static int Of(int seed, int number) => unchecked(seed * 397 ^ (number + 1) * 486_187_739);
    }
}
