using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Protocol.Discovery;

namespace OpenShare.Simulation.Bench;

/// <summary>One interface with an address of each family, as real ones mostly are: all that is sent to all goes out over both.</summary>
internal sealed class DualStackPort(IDiscoveryPort v4, IDiscoveryPort v6) : IDiscoveryPort
{
    public void Open(IActorRef receiver)
    {
        v4.Open(receiver);
        v6.Open(receiver);
    }

    public DiscoveryInterfaces Refresh(ImmutableArray<string>? only)
    {
        var (one, other) = (v4.Refresh(only), v6.Refresh(only));
        return one with { Usable = [.. one.Usable.Zip(other.Usable, (a, b) => a with { Addresses = [.. a.Addresses, .. b.Addresses] })] };
    }

    public string? Send(int networkInterface, DiscoveryMedium medium, ReadOnlyMemory<byte> packet, IPEndPoint? to)
    {
        string? reason = null;
        if (to?.AddressFamily is not AddressFamily.InterNetworkV6)
            reason = v4.Send(networkInterface, medium, packet, to);
        // There is no broadcast over IPv6.
        if (to?.AddressFamily is not AddressFamily.InterNetwork && medium == DiscoveryMedium.Multicast)
            reason = v6.Send(networkInterface, medium, packet, to) ?? reason;
        return reason;
    }

    public void Release()
    {
        v4.Release();
        v6.Release();
    }

    public void Dispose()
    {
        v4.Dispose();
        v6.Dispose();
    }
}
