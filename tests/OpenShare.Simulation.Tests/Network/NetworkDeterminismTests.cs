using System.Net;
using OpenShare.Protocol.Discovery;
using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Tests.Network;

public sealed class NetworkDeterminismTests
{
    [Fact]
    public void A_seed_decides_everything_on_the_wire()
    {
        var (first, second, other) = (Run(3), Run(3), Run(4));

        Assert.Equal(first.Lines, second.Lines);
        Assert.Equal(first.Hash, second.Hash);
        Assert.NotEqual(first.Hash, other.Hash);
        Assert.True(first.Lines.Count > 2_000);
    }

    private static (string Hash, List<string> Lines) Run(int seed)
    {
        var world = new NetworkWorld(LinkConditions.PoorWiFi, seed, lines: true);
        var hosts = Enumerable.Range(0, 20).Select(i => world.Host($"host-{i}")).ToArray();
        var talks = hosts.Select((h, i) => (Answer(h), Talk(h, hosts[(i + 1) % hosts.Length]))).ToList();
        foreach (var host in hosts)
        {
            var port = host.OpenPort();
            port.Refresh(null);
            port.Send(1, DiscoveryMedium.Multicast, new byte[100], null);
        }
        using var flapping = hosts[3].Flap(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));
        world.RunFor(3_000);
        hosts[5].Kill();
        hosts[6].PowerOff();
        hosts[7].MoveTo(NetworkWorld.Address(200));
        world.Network.Partition(hosts[8..10], hosts[10..12]);
        world.RunFor(10_000);
        world.Network.Heal();
        hosts[6].PowerOn();
        world.RunFor(60_000);
        return (world.Trace.Hash, world.Lines);
    }

    private static async Task Talk(Simulation.Network.SimulatedHost from, Simulation.Network.SimulatedHost to)
    {
        using var connection = await from.Transport.ConnectAsync(new IPEndPoint(to.Address, NetworkWorld.Port), default);
        for (var i = 0; i < 50; i++)
            await connection.WriteAsync(new byte[20_000], default);
    }

    private static async Task Answer(Simulation.Network.SimulatedHost host)
    {
        using var listener = host.Transport.Listen(new IPEndPoint(IPAddress.Any, NetworkWorld.Port));
        using var connection = await listener.AcceptAsync(default);
        var buffer = new byte[30_000];
        while (await connection.ReadAsync(buffer, default) > 0)
            await connection.WriteAsync(new byte[1], default);
    }
}
