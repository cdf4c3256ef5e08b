using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Tests.Network;

/// <summary>Packets lost by chance are seen as time: none, a round trip, or a timeout.</summary>
public sealed class LossTests
{
    private const int Seeds = 400;

    private static readonly LinkConditions OneInTwenty = NetworkWorld.FiveMilliseconds with { Loss = 0.05 };

    [Fact]
    public void A_loss_that_others_follow_costs_a_round_trip()
    {
        // 20 packets: 13 % of the times none of them is lost (each link loses one in twenty).
        var times = Enumerable.Range(0, Seeds).Select(seed => TimeOf(OneInTwenty, seed, 30_000)).ToList();

        Assert.All(times, t => Assert.True(t is 10 or 30 or > 200, $"{t} ms"));
        Assert.InRange(times.Count(t => t == 10) / (double)Seeds, 0.08, 0.19);
        Assert.InRange(times.Count(t => t == 30) / (double)Seeds, 0.55, 0.85);
    }

    [Fact]
    public void A_lone_packet_that_is_lost_waits_for_the_timeout()
    {
        var times = Enumerable.Range(0, Seeds).Select(seed => TimeOf(OneInTwenty, seed, 1)).ToList();

        Assert.All(times, t => Assert.True(t is 10 or 210 or 610 or 1410, $"{t} ms"));
        Assert.InRange(times.Count(t => t == 10) / (double)Seeds, 0.86, 0.94);
        Assert.InRange(times.Count(t => t == 210) / (double)Seeds, 0.05, 0.13);
    }

    [Fact]
    public void A_late_packet_holds_up_those_behind_it()
    {
        var world = new NetworkWorld(NetworkWorld.FiveMilliseconds with { Reordering = 1, ReorderingDelay = TimeSpan.FromMilliseconds(15) });
        var (a, _, near, far) = world.Connected();
        var start = world.Now;
        world.Run(near.WriteAsync(new byte[1], default).AsTask());
        world.Segment.Conditions = NetworkWorld.FiveMilliseconds;
        world.Run(near.WriteAsync(new byte[1], default).AsTask());

        world.Run(StreamTests.Read(far, 2));
        Assert.Equal(start + 25, world.Now);
    }

    [Fact]
    public void Conditions_may_change_at_any_time_and_for_one_host()
    {
        var world = new NetworkWorld();
        var (a, b, near, far) = world.Connected();
        b.Conditions = NetworkWorld.FiveMilliseconds with { Latency = TimeSpan.FromMilliseconds(100) };
        Assert.Equal(105, Time(world, near, far, 1));
        a.Conditions = b.Conditions;
        Assert.Equal(200, Time(world, near, far, 1));
        (a.Conditions, b.Conditions) = (null, null);
        world.RunFor(1_000);
        Assert.Equal(10, Time(world, near, far, 1));
    }

    [Fact]
    public void Jitter_is_spread_evenly()
    {
        var world = new NetworkWorld(NetworkWorld.FiveMilliseconds with { Jitter = TimeSpan.FromMilliseconds(20) });
        var (_, _, near, far) = world.Connected();
        var times = Enumerable.Range(0, Seeds).Select(_ =>
        {
            world.RunFor(200);
            return Time(world, near, far, 1);
        }).ToList();

        Assert.All(times, t => Assert.InRange(t, 10, 50));
        Assert.InRange(times.Average(), 28, 32);
        Assert.InRange(times.Min(), 10, 11);
        Assert.InRange(times.Max(), 49, 50);
    }

    private static double TimeOf(LinkConditions conditions, int seed, int bytes)
    {
        var world = new NetworkWorld(seed: seed);
        var (_, _, near, far) = world.Connected();
        world.Segment.Conditions = conditions;
        return Time(world, near, far, bytes);
    }

    private static double Time(NetworkWorld world, Simulation.Network.Streams.SimulatedConnection near, Simulation.Network.Streams.SimulatedConnection far, int bytes)
    {
        var start = world.Now;
        world.Run(near.WriteAsync(new byte[bytes], default).AsTask());
        world.Run(StreamTests.Read(far, bytes));
        return Math.Round(world.Now - start, 3);
    }
}
