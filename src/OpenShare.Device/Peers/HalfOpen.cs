using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using OpenShare.Device.Transport;

namespace OpenShare.Device.Peers;

/// <summary>
/// Connections that have not proven who they are: few at once, few from one address, each with a deadline. Whoever
/// floods the port gets nothing, costs little, and keeps out nobody: it is his own that make room.
/// </summary>
internal sealed class HalfOpen
{
    internal const int Most = 64;
    internal const int MostPerAddress = 24;
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Dictionary<ITransportConnection, (DateTimeOffset Until, CancellationTokenSource Stop)> _open = [];

    internal int Count => _open.Count;

    /// <returns>the token that ends the connection's handshake at its deadline; null where its address has as many as it may</returns>
    internal CancellationToken? Admit(ITransportConnection connection, DateTimeOffset now)
    {
        if (_open.Keys.Count(c => Equals(c.Remote.Address, connection.Remote.Address)) >= MostPerAddress)
            return null;
        if (_open.Count >= Most)
            End(OldestOfMost());
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

    private ITransportConnection OldestOfMost() =>
        _open.GroupBy(o => NetworkOf(o.Key.Remote.Address)).MaxBy(n => n.Count())!.MinBy(o => o.Value.Until).Key;

    // One host has as many IPv6 addresses of its network as it likes.
    private static UInt128 NetworkOf(IPAddress address)
    {
        var bits = BinaryPrimitives.ReadUInt128BigEndian(address.MapToIPv6().GetAddressBytes());
        return address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6 ? bits >> 64 : bits;
    }

    private void End(ITransportConnection connection)
    {
        _open.Remove(connection, out var entry);
        entry.Stop.Cancel();
        connection.Dispose();
    }
}
