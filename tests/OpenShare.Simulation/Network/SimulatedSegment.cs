using System.Net;
using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Network;

/// <summary>A local network: its hosts, in the order they came, and how their links are.</summary>
public sealed class SimulatedSegment
{
    private readonly List<SimulatedHost> _hosts = [];

    // Only looked up in, never gone through: its order would be chance.
    private readonly Dictionary<IPAddress, SimulatedHost> _byAddress = [];

    internal SimulatedSegment(SimulatedNetwork network, string name, LinkConditions conditions) =>
        (Network, Name, Conditions) = (network, name, conditions);

    public string Name { get; }

    /// <summary>Of every host that has none of its own; may change at any time.</summary>
    public LinkConditions Conditions { get; set; }

    public IReadOnlyList<SimulatedHost> Hosts => _hosts;

    internal SimulatedNetwork Network { get; }

    /// <exception cref="InvalidOperationException">another host has the address</exception>
    public SimulatedHost Attach(string name, IPAddress address)
    {
        var host = new SimulatedHost(this, name, address);
        Add(host, address);
        return host;
    }

    internal SimulatedHost? Find(IPAddress address) => _byAddress.GetValueOrDefault(address);

    internal void Add(SimulatedHost host, IPAddress address)
    {
        if (!_byAddress.TryAdd(address, host))
            throw new InvalidOperationException($"{address} is {_byAddress[address].Name}'s in {Name} already.");
        _hosts.Add(host);
    }

    internal void Remove(SimulatedHost host)
    {
        _byAddress.Remove(host.Address);
        _hosts.Remove(host);
    }
}
