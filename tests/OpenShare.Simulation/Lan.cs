using System.Net;
using Akka.Actor;
using Akka.Configuration;
using OpenShare.Device.Tests.Support;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Network.Observing;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation;

/// <summary>
/// One simulated network with the devices of one account on it. One seed decides everything that happens; the thread
/// that runs it is the only one there is.
/// </summary>
public sealed class Lan : IDisposable
{
    private readonly TestOrganisation _organisation;
    private readonly List<SimulatedDevice> _devices = [];
    private readonly SimulatedSegment _segment;
    private readonly NetworkTrace _wire;
    private readonly int _seed;

    /// <param name="line">gets a line for everything on the wire; null: only its hash is kept</param>
    public Lan(int seed, Action<string>? line = null)
    {
        _seed = seed;
        System = ActorSystem.Create("lan", ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "simulation.conf"))));
        Queue = ((SimulationScheduler)System.Scheduler).Queue;
        Trace = new Trace(Queue);
        _wire = new NetworkTrace(Queue, line);
        Network = new SimulatedNetwork(Queue, seed, _wire);
        _segment = Network.Segment("home", LinkConditions.GoodWiFi);
        _organisation = new TestOrganisation(seed, SimulationScheduler.Start);
    }

    public Trace Trace { get; }

    /// <summary>Of everything on the wire so far.</summary>
    public string WireHash => _wire.Hash;

    internal SimulationQueue Queue { get; }

    internal ActorSystem System { get; }

    internal SimulatedNetwork Network { get; }

    /// <summary>Puts a registered device on the network.</summary>
    /// <param name="saveTo">a directory of its own</param>
    public SimulatedDevice Device(string name, string saveTo)
    {
        var address = new IPAddress([10, 0, (byte)(_devices.Count / 250), (byte)(_devices.Count % 250 + 1)]);
        var device = new SimulatedDevice(this, _segment.Attach(name, address), HashCode.Of(_seed, _devices.Count), _organisation.Enroll(name), saveTo);
        _devices.Add(device);
        return device;
    }

    /// <summary>Breaks every connection there is.</summary>
    public void CutAll()
    {
        Trace.Add("network", "cut");
        Queue.Post(Network.ResetAll);
    }

    /// <inheritdoc cref="SimulationQueue.RunUntil"/>
    public bool RunUntil(Func<bool> condition, TimeSpan limit) => Queue.RunUntil(condition, limit);

    public void Dispose()
    {
        // The actor system is left as it is: it has no thread of its own, so without the queue nothing in it runs any more.
        foreach (var device in _devices)
            device.Dispose();
        _wire.Dispose();
        Trace.Dispose();
    }

    private static class HashCode
    {
        // Not System.HashCode: that has a seed of its own in every process.
        internal static int Of(int seed, int number) => unchecked(seed * 397 ^ (number + 1) * 486_187_739);
    }
}
