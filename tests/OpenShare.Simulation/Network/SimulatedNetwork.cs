using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Network.Observing;
using OpenShare.Simulation.Network.Streams;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Network;

/// <summary>
/// Local networks with hosts on them, in virtual time. Everything that is chance comes from one seed, and everything
/// that happens is an entry of the queue.
/// </summary>
public sealed class SimulatedNetwork
{
    private const int MaxPartitions = 64;

    private readonly List<SimulatedSegment> _segments = [];
    private int _partitions;
    private long _numbers;

    public SimulatedNetwork(SimulationQueue queue, int seed, params INetworkObserver[] observers)
    {
        Queue = queue;
        Random = new Random(seed);
        Observer = new ObserverGroup(observers);
    }

    public TrafficCounters Streams { get; } = new();

    public TrafficCounters Datagrams { get; } = new();

    internal SimulationQueue Queue { get; }

    internal Random Random { get; }

    internal INetworkObserver Observer { get; }

    /// <summary>A new local network. Between two of them nothing passes.</summary>
    /// <param name="conditions">of every host on it that has none of its own</param>
    public SimulatedSegment Segment(string name, LinkConditions conditions)
    {
        var segment = new SimulatedSegment(this, name, conditions);
        _segments.Add(segment);
        return segment;
    }

    /// <summary>From now on nothing passes between a host of the one set and a host of the other.</summary>
    /// <exception cref="InvalidOperationException">64 partitions are there already</exception>
    public void Partition(IEnumerable<SimulatedHost> one, IEnumerable<SimulatedHost> other)
    {
        if (_partitions == MaxPartitions)
            throw new InvalidOperationException($"There are {MaxPartitions} partitions already: heal first.");
        var bit = 1UL << _partitions++;
        foreach (var host in one)
            host.OneSide |= bit;
        foreach (var host in other)
            host.OtherSide |= bit;
    }

    /// <summary>Ends every partition.</summary>
    public void Heal()
    {
        _partitions = 0;
        foreach (var host in _segments.SelectMany(s => s.Hosts))
            (host.OneSide, host.OtherSide) = (0, 0);
    }

    /// <summary>Resets every connection at both ends, as a router does that lost its table of them.</summary>
    public void ResetAll()
    {
        foreach (var host in _segments.SelectMany(s => s.Hosts).ToList())
            host.ResetAll();
    }

    internal long NextNumber() => ++_numbers;

    internal static bool Carries(SimulatedHost from, SimulatedHost to) => from == to
        ? from.IsOn
        : from.Segment == to.Segment && from.IsUp && to.IsUp && (from.OneSide & to.OtherSide | from.OtherSide & to.OneSide) == 0;

    /// <summary>One packet without a place in any stream's order, that nobody repeats when it is lost.</summary>
    internal void SendOnce(SimulatedHost from, SimulatedHost to, Action arrives)
    {
        if (!Carries(from, to))
            return;
        var path = LinkPath.Between(from, to);
        if (path.Loses(Random))
            return;
        Queue.Schedule(path.Delay(Random), () =>
        {
            if (Carries(from, to))
                arrives();
        });
    }

    /// <summary>Whoever has the address now knows nothing of this connection, and says so.</summary>
    internal void SendReset(SimulatedHost from, SimulatedConnection to) => SendOnce(from, to.Host, () =>
    {
        if (to.HasItsAddress)
            to.Break($"The connection to {to.Remote} was reset by the other side.");
    });
}
