using System.Net;

namespace OpenShare.Device.Transport.Tcp;

/// <summary>What is known of the ways to other hosts, each for as long as a connection goes there.</summary>
internal sealed class TcpPaths
{
    private readonly Dictionary<IPAddress, (PathLoss Loss, int Connections)> _paths = [];

    internal int Count
    {
        get
        {
            lock (_paths)
                return _paths.Count;
        }
    }

    /// <summary>For one connection more. Each is to be let go of once.</summary>
    internal PathLoss Take(IPAddress host)
    {
        lock (_paths)
        {
            var path = _paths.TryGetValue(host, out var known) ? known : (Loss: new PathLoss(), Connections: 0);
            _paths[host] = path with { Connections = path.Connections + 1 };
            return path.Loss;
        }
    }

    internal void Release(IPAddress host)
    {
        lock (_paths)
        {
            if (_paths[host] is { Connections: > 1 } path)
                _paths[host] = path with { Connections = path.Connections - 1 };
            else
                _paths.Remove(host);
        }
    }
}
