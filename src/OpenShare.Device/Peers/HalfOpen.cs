using OpenShare.Device.Transport;

namespace OpenShare.Device.Peers;

/// <summary>
/// Connections that have not proven who they are: few at once, few from one address, each with a deadline. Whoever
/// floods the port gets nothing, and costs little.
/// </summary>
internal sealed class HalfOpen
{
    internal const int Most = 64;
    internal const int MostPerAddress = 24;
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Dictionary<ITransportConnection, (DateTimeOffset Until, CancellationTokenSource Stop)> _open = [];

    internal int Count => _open.Count;

    /// <returns>the token that ends the connection's handshake at its deadline; null where there is no room for it</returns>
    internal CancellationToken? Admit(ITransportConnection connection, DateTimeOffset now)
    {
        if (_open.Count >= Most || _open.Keys.Count(c => Equals(c.Remote.Address, connection.Remote.Address)) >= MostPerAddress)
            return null;
        var stop = new CancellationTokenSource();
        _open.Add(connection, (now + Deadline, stop));
        return stop.Token;
    }

    internal void Remove(ITransportConnection connection) => _open.Remove(connection);

    /// <summary>Ends those whose time is up.</summary>
    internal void Expire(DateTimeOffset now)
    {
        foreach (var (connection, _) in _open.Where(o => now >= o.Value.Until).ToList())
            End(connection);
    }

    internal void EndAll()
    {
        foreach (var connection in _open.Keys.ToList())
            End(connection);
    }

    private void End(ITransportConnection connection)
    {
        _open.Remove(connection, out var entry);
        entry.Stop.Cancel();
        connection.Dispose();
    }
}
