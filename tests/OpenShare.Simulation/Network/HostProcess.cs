using System.Net;
using OpenShare.Device.Discovery;
using OpenShare.Device.Transport;
using OpenShare.Simulation.Network.Datagrams;
using OpenShare.Simulation.Network.Streams;

namespace OpenShare.Simulation.Network;

/// <summary>
/// The sockets of one process on a host. Once it is dead its calls throw; those that waited never come back, as
/// nothing of a killed process runs on.
/// </summary>
internal sealed class HostProcess(SimulatedHost host) : ITransport
{
    private const int FirstEphemeralPort = 49152;

    // By port, and only looked up in.
    private readonly Dictionary<int, SimulatedListener> _listeners = [];
    private readonly SortedDictionary<long, SimulatedConnection> _connections = [];
    private readonly List<SimulatedDiscoveryPort> _ports = [];
    private int _nextPort = FirstEphemeralPort;

    internal SimulatedHost Host => host;

    internal bool IsDead { get; private set; }

    internal int Connections => _connections.Values.Count(c => c.IsHeld);

    /// <summary>With whom, for a person.</summary>
    internal string Partners => string.Join(", ", _connections.Values.Where(c => c.IsHeld).Select(c => $"{c.Remote} ({c.Number})"));

    internal IReadOnlyList<SimulatedDiscoveryPort> Ports => _ports;

    public ITransportListener Listen(IPEndPoint endpoint)
    {
        ThrowIfDead();
        if (endpoint.Port == 0)
            endpoint = new IPEndPoint(endpoint.Address, FreePort());
        if (_listeners.ContainsKey(endpoint.Port))
            throw new TransportException($"Cannot listen on {endpoint}: the address is in use.");
        return _listeners[endpoint.Port] = new SimulatedListener(this, endpoint);
    }

    public Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation)
    {
        ThrowIfDead();
        return new Dial(this, remote, new IPEndPoint(IPAddress.IsLoopback(remote.Address) ? remote.Address : host.Address, FreePort())).Run(cancellation);
    }

    internal IDiscoveryPort OpenPort()
    {
        ThrowIfDead();
        var port = new SimulatedDiscoveryPort(this);
        _ports.Add(port);
        return port;
    }

    internal SimulatedListener? ListenerOn(int port) => _listeners.GetValueOrDefault(port);

    internal void Add(SimulatedConnection connection) => _connections.Add(connection.Number, connection);

    internal void Remove(SimulatedConnection connection) => _connections.Remove(connection.Number);

    internal void Remove(SimulatedListener listener) => _listeners.Remove(listener.LocalEndPoint.Port);

    internal void Remove(SimulatedDiscoveryPort port) => _ports.Remove(port);

    internal void TellNetworkChange()
    {
        foreach (var port in _ports.ToList())
            port.TellNetworkChange();
    }

    internal void ResetAll()
    {
        foreach (var connection in _connections.Values.ToList())
        {
            connection.Peer.Break("The connection was reset.");
            connection.Break("The connection was reset.");
        }
    }

    internal void Die(bool reset)
    {
        IsDead = true;
        foreach (var connection in _connections.Values.ToList())
        {
            if (reset)
                host.Network.SendReset(host, connection.Peer);
            connection.Vanish();
        }
        _listeners.Clear();
        _ports.Clear();
    }

    internal void ThrowIfDead()
    {
        if (IsDead)
            throw new TransportException($"The process on {host.Name} has ended.");
    }

    private int FreePort()
    {
        do
            _nextPort = _nextPort == IPEndPoint.MaxPort ? FirstEphemeralPort : _nextPort + 1;
        while (_listeners.ContainsKey(_nextPort));
        return _nextPort;
    }
}
