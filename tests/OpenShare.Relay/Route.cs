using System.Net;
using System.Net.Sockets;

namespace OpenShare.Relay;

/// <summary>One address listened on, and where its connections lead.</summary>
internal sealed class Route(IPEndPoint listen, IPEndPoint to, Gate gate, Report report) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Connection> _connections = [];
    private Socket? _listener;
    private IPEndPoint _listen = listen;

    /// <exception cref="SocketException">the address cannot be listened on</exception>
    public void Open()
    {
        var listener = new Socket(_listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (_listen.AddressFamily == AddressFamily.InterNetworkV6)
            listener.DualMode = true;
        // The port may still be in the last state of connections that were cut.
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(_listen);
        listener.Listen();
        // The port that was any free one stays the same after a cut.
        _listen = (IPEndPoint)listener.LocalEndPoint!;
        lock (_lock)
            _listener = listener;
        _ = AcceptAsync(listener);
    }

    public void Announce() => report.Write("listening", ("listen", _listen), ("port", (long)_listen.Port), ("to", to));

    /// <summary>Refuses new connections and destroys those there are.</summary>
    /// <returns>how many there were</returns>
    public int Close()
    {
        Connection[] connections;
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
            connections = [.. _connections];
            _connections.Clear();
        }
        foreach (var connection in connections)
            connection.Dispose();
        return connections.Length;
    }

    public void Dispose() => Close();

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
                _ = ServeAsync(listener, await listener.AcceptAsync());
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // Closed for a cut, or for good.
        }
    }

    private async Task ServeAsync(Socket listener, Socket near)
    {
        if (await Connection.OpenAsync(near, to, gate) is not { } connection)
        {
            report.Write("refused", ("to", to));
            return;
        }
        lock (_lock)
        {
            if (_listener != listener)
            {
                // Cut while it was being made.
                connection.Dispose();
                return;
            }
            _connections.Add(connection);
        }
        report.Write("connected", ("to", to));
        await connection.RunAsync();
        lock (_lock)
            _connections.Remove(connection);
        report.Write("closed", [("to", to), .. gate.Counts()]);
    }
}
