using System.Net;
using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Tests.Network;

/// <summary>Links that go down, and partitions: what TCP does then, and when.</summary>
public sealed class OutageTests
{
    [Fact]
    public void Bytes_written_while_the_link_is_down_are_repeated_after_200_ms_doubling()
    {
        var world = new NetworkWorld();
        var (_, b, near, far) = world.Connected();
        var reading = NetworkWorld.Reading(far);
        var start = world.Now;
        b.LinkDown();
        world.Run(near.WriteAsync(new byte[1], default).AsTask());
        world.RunFor(5_000);
        b.LinkUp();

        // At 200, 600, 1,400 and 3,000 ms it was down.
        world.Run(reading);
        Assert.Equal(start + 6_200 + 10, world.Now);
    }

    [Fact]
    public void Bytes_under_way_when_the_link_goes_down_are_repeated_too()
    {
        var world = new NetworkWorld();
        var (a, _, near, far) = world.Connected();
        var start = world.Now;
        world.Run(near.WriteAsync(new byte[200_000], default).AsTask());
        world.RunFor(5);
        a.LinkDown();
        world.RunFor(100);
        a.LinkUp();

        world.Run(StreamTests.Read(far, 200_000));
        Assert.Equal(start + 200 + 10 + 20, world.Now);
    }

    [Fact]
    public void An_answer_that_is_lost_brings_no_byte_twice()
    {
        var world = new NetworkWorld();
        var (a, _, near, far) = world.Connected();
        world.Run(near.WriteAsync("ab"u8.ToArray(), default).AsTask());
        world.RunFor(15);
        a.LinkDown();
        world.RunFor(1_000);
        a.LinkUp();
        world.Run(near.WriteAsync("cd"u8.ToArray(), default).AsTask());

        Assert.Equal("abcd"u8.ToArray(), world.Run(StreamTests.Read(far, 4)));
        world.RunFor(10_000);
        Assert.Equal(4, far.In.Received);
    }

    [Fact]
    public void A_writer_that_missed_the_word_of_room_asks_for_it()
    {
        var world = new NetworkWorld();
        var (_, b, near, far) = world.Connected();
        var writing = near.WriteAsync(new byte[1_000_000], default).AsTask();
        world.RunFor(1_000);
        b.LinkDown();
        var reading = StreamTests.Read(far, 1_000_000);
        world.RunFor(1_000);
        Assert.False(reading.IsCompleted);
        b.LinkUp();

        world.Run(reading);
        world.Run(writing);
    }

    [Fact]
    public void A_writer_that_comes_after_the_word_of_room_was_lost_asks_for_it_too()
    {
        var world = new NetworkWorld();
        var (_, b, near, far) = world.Connected();
        world.Run(near.WriteAsync(new byte[512 * 1024], default).AsTask());
        world.RunFor(1_000);
        b.LinkDown();
        world.Run(StreamTests.Read(far, 512 * 1024));
        b.LinkUp();

        var start = world.Now;
        world.Run(near.WriteAsync(new byte[1], default).AsTask());
        Assert.Equal(start + 200 + 20, world.Now);
    }

    [Fact]
    public void A_writer_gives_up_after_15_retries_and_an_idle_connection_never()
    {
        var world = new NetworkWorld();
        var (a, b) = (world.Host("a"), world.Host("b"));
        var (near, far) = world.Connect(a, b);
        var (idle, _) = world.Connect(a, b);
        world.RunFor(100);
        var (reading, waiting) = (NetworkWorld.Reading(near), NetworkWorld.Reading(idle));
        var start = world.Now;
        b.LinkDown();
        world.Run(near.WriteAsync(new byte[1], default).AsTask());

        Assert.Contains("timed out", world.FailureOf(reading), StringComparison.Ordinal);
        Assert.Equal(start + 522_200, world.Now);
        world.RunFor(3_600_000);
        Assert.False(waiting.IsCompleted);

        // The other end knows nothing of that, until it says something.
        b.LinkUp();
        world.Run(far.WriteAsync(new byte[1], default).AsTask());
        Assert.Contains("reset", world.FailureOf(NetworkWorld.Reading(far)), StringComparison.Ordinal);
    }

    [Fact]
    public void Dialling_a_host_whose_link_is_down_fails_after_127_seconds()
    {
        var world = new NetworkWorld();
        var (a, b) = (world.Host("a"), world.Host("b"));
        b.LinkDown();

        Assert.Contains("no answer", world.FailureOf(a.Transport.ConnectAsync(new IPEndPoint(b.Address, 1), default)), StringComparison.Ordinal);
        Assert.Equal(127_000, world.Now);
    }

    [Theory]
    [InlineData(500, 1)]
    [InlineData(2_000, 3)]
    [InlineData(10_000, 15)]
    [InlineData(40_000, 63)]
    public void Dialling_goes_on_when_the_link_comes_up(int upAt, int triedAt)
    {
        var world = new NetworkWorld();
        var (a, b) = (world.Host("a"), world.Host("b"));
        using var listener = b.Transport.Listen(new IPEndPoint(IPAddress.Any, NetworkWorld.Port));
        a.LinkDown();
        var dialling = a.Transport.ConnectAsync(new IPEndPoint(b.Address, NetworkWorld.Port), default);
        world.RunFor(upAt);
        a.LinkUp();

        world.Run(dialling);
        Assert.Equal(triedAt * 1000 + 20, world.Now);
    }

    [Fact]
    public void A_partition_separates_its_two_sets_and_nobody_else_until_it_heals()
    {
        var world = new NetworkWorld();
        var hosts = Enumerable.Range(0, 4).Select(i => world.Host($"host-{i}")).ToArray();
        var listeners = hosts.Select(h => h.Transport.Listen(new IPEndPoint(IPAddress.Any, NetworkWorld.Port))).ToList();
        world.Network.Partition(hosts[..2], [hosts[2]]);

        Assert.True(Reaches(0, 1));
        Assert.False(Reaches(0, 2));
        Assert.False(Reaches(2, 1));
        Assert.True(Reaches(0, 3));
        Assert.True(Reaches(3, 2));
        world.Network.Partition([hosts[3]], hosts[..3]);
        Assert.False(Reaches(0, 3));
        world.Network.Heal();
        Assert.True(Reaches(2, 1));
        Assert.True(Reaches(0, 3));
        listeners.ForEach(l => l.Dispose());

        bool Reaches(int from, int to)
        {
            var dialling = hosts[from].Transport.ConnectAsync(new IPEndPoint(hosts[to].Address, NetworkWorld.Port), default);
            world.RunFor(20);
            return dialling.IsCompletedSuccessfully;
        }
    }

    [Fact]
    public void Nothing_passes_between_segments()
    {
        var world = new NetworkWorld();
        var (a, b) = (world.Host("a"), world.Network.Segment("other", NetworkWorld.FiveMilliseconds).Attach("b", NetworkWorld.Address(7)));
        using var listener = b.Transport.Listen(new IPEndPoint(IPAddress.Any, NetworkWorld.Port));

        world.FailureOf(a.Transport.ConnectAsync(new IPEndPoint(b.Address, NetworkWorld.Port), default));
        Assert.Equal(127_000, world.Now);
    }

    [Fact]
    public void A_link_flaps_until_it_is_left_alone()
    {
        var world = new NetworkWorld();
        var a = world.Host("a");
        var flapping = a.Flap(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2));
        List<bool> seen = [];
        for (var i = 0; i < 4; i++)
        {
            world.RunFor(5_000);
            seen.Add(a.IsUp);
            world.RunFor(4_000);
            seen.Add(a.IsUp);
            world.RunFor(1_000);
        }
        Assert.Equal([true, false, true, false, true, false, true, false], seen);

        world.RunFor(8_500);
        Assert.False(a.IsUp);
        flapping.Dispose();
        Assert.True(a.IsUp);
        world.RunFor(9_000);
        Assert.True(a.IsUp);
    }

    [Fact]
    public void Everything_arrives_once_and_in_order_over_a_poor_link_that_flaps()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var world = new NetworkWorld(LinkConditions.PoorWiFi, seed);
            var (_, b, near, far) = world.Connected();
            using var flapping = b.Flap(TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(700));
            var sent = new byte[1_500_000];
            new Random(seed).NextBytes(sent);

            var writing = near.WriteAsync(sent, default).AsTask();
            Assert.Equal(sent, world.Run(StreamTests.Read(far, sent.Length)));
            world.Run(writing);
        }
    }

    [Fact]
    public void Resetting_all_breaks_both_ends()
    {
        var world = new NetworkWorld();
        var (_, _, near, far) = world.Connected();
        var (one, other) = (NetworkWorld.Reading(near), NetworkWorld.Reading(far));
        world.Network.ResetAll();

        Assert.Contains("reset", world.FailureOf(one), StringComparison.Ordinal);
        Assert.Contains("reset", world.FailureOf(other), StringComparison.Ordinal);
    }
}
