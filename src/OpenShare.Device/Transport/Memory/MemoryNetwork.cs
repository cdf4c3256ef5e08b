using System.Net;

namespace OpenShare.Device.Transport.Memory;

/// <summary>
/// A network in one process: addresses, listeners, connections that can be cut. Bytes are delivered through
/// <paramref name="deliver"/>: at once by default, later and in an order of its own where a simulation decides.
/// </summary>
/// <param name="deliver">runs the given delivery, now or later; must keep the order of one connection's deliveries</param>
public sealed class MemoryNetwork(Action<Action>? deliver = null)
{
    private const int FirstEphemeralPort = 49152;

    private readonly Action<Action> _deliver = deliver ?? (delivery => delivery());
    private readonly Lock _lock = new();
    private readonly Dictionary<IPEndPoint, MemoryListener> _listeners = [];
    private readonly List<MemoryConnection> _connections = [];
    private int _nextPort = FirstEphemeralPort;

    /// <summary>The transport of a host with this address.</summary>
    public ITransport Host(IPAddress address) => new MemoryTransport(this, address);

    /// <summary>Breaks every connection there is, as a link that goes down does.</summary>
    public void CutAll()
    {
        List<MemoryConnection> cut;
        lock (_lock)
            cut = [.. _connections];
        foreach (var connection in cut)
            connection.Break("The network was cut.");
    }

    internal MemoryListener Listen(IPEndPoint endpoint)
    {
        lock (_lock)
        {
            if (endpoint.Port == 0)
                endpoint = new IPEndPoint(endpoint.Address, _nextPort++);
            if (_listeners.ContainsKey(endpoint))
                throw new TransportException($"Cannot listen on {endpoint}: the address is in use.");
            return _listeners[endpoint] = new MemoryListener(this, endpoint);
        }
    }

    internal void Remove(MemoryListener listener)
    {
        lock (_lock)
            _listeners.Remove(listener.LocalEndPoint);
    }

    internal void Remove(MemoryConnection connection)
    {
        lock (_lock)
            _connections.Remove(connection);
    }

    internal Task<ITransportConnection> Connect(IPAddress from, IPEndPoint remote)
    {
        MemoryListener? listener;
        MemoryConnection near, far;
        lock (_lock)
        {
            if (!_listeners.TryGetValue(remote, out listener))
                return Task.FromException<ITransportConnection>(new TransportException($"Cannot reach {remote}: connection refused."));
            near = new MemoryConnection(this, remote);
            far = new MemoryConnection(this, new IPEndPoint(from, _nextPort++));
            near.Pair(far);
            _connections.Add(near);
            _connections.Add(far);
        }
        var connected = new TaskCompletionSource<ITransportConnection>();
        Deliver(() =>
        {
            listener.Offer(far);
            connected.SetResult(near);
        });
        return connected.Task;
    }

    internal void Deliver(Action delivery) => _deliver(delivery);
}
