using System.Collections.Immutable;
using System.Net;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>A network interface as discovery sees it.</summary>
/// <param name="Index">the operating system's number for it, which is also an IPv6 address's scope</param>
/// <param name="Addresses">its own addresses, in the system's order</param>
public sealed record MdnsInterface(int Index, string Name, bool IsLoopback, ImmutableArray<IPAddress> Addresses)
{
    public bool Equals(MdnsInterface? other) =>
        other is not null && Index == other.Index && Name == other.Name && IsLoopback == other.IsLoopback && Addresses.SequenceEqual(other.Addresses);

    public override int GetHashCode() => Index;
}
