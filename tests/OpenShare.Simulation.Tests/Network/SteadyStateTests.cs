using OpenShare.Simulation.Bench;

namespace OpenShare.Simulation.Tests.Network;

/// <summary>What discovery costs a network on which nothing happens.</summary>
public sealed class SteadyStateTests
{
    [Fact]
    public void A_hundred_devices_of_one_segment_send_under_eight_packets_a_second_over_both_families_together()
    {
        using var world = new DiscoveryWorld(devices: 100, networks: 1, seed: 1, isDualStack: true);
        world.Queue.RunFor(10.Minutes());
        var before = world.Datagrams.PacketsSent;

        world.Queue.RunFor(10.Minutes());

        Assert.Equal(100 * 99, world.Seen);
        Assert.InRange((world.Datagrams.PacketsSent - before) / 600.0, 2 * 100 / 60.0, 8);
    }
}
