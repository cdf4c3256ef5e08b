using System.Diagnostics.Metrics;
using System.Net.Sockets;
using OpenShare.Protocol.Discovery;

namespace OpenShare.Device.Discovery;

/// <summary>What is counted of discovery in this process, for whoever listens (System.Diagnostics.Metrics).</summary>
public static class DiscoveryMetrics
{
    public const string Name = "OpenShare.Discovery";

    private static readonly Meter s_meter = new(Name);

    private static readonly Counter<long> s_taken = s_meter.CreateCounter<long>(
        "openshare.discovery.packets", "{packet}", "Packets of discovery that were taken from the network.");

    internal static void Taken(DiscoveryMedium medium, AddressFamily family) => s_taken.Add(
        1,
        new("medium", medium == DiscoveryMedium.Multicast ? "multicast" : "broadcast"),
        new("family", family == AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4"));
}
