using System.Net;
using OpenShare.Device.Transport;
using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Tests.Network;

/// <summary>A connection on a good network, to the microsecond.</summary>
public sealed class StreamTests
{
    private static readonly LinkConditions OneMegabyteASecond = NetworkWorld.FiveMilliseconds with { BytesPerSecond = 1_000_000 };

    [Fact]
    public void Connecting_takes_a_round_trip_and_accepting_half_a_one_more()
    {
        var world = new NetworkWorld();
        var (a, b) = (world.Host("a"), world.Host("b"));
        var listener = b.Transport.Listen(new IPEndPoint(IPAddress.Any, NetworkWorld.Port));
        var accepting = listener.AcceptAsync(default);

        using var near = world.Run(a.Transport.ConnectAsync(new IPEndPoint(b.Address, NetworkWorld.Port), default));
        Assert.Equal(20, world.Now);
        using var far = world.Run(accepting);
        Assert.Equal(30, world.Now);
        Assert.Equal(a.Address, far.Remote.Address);
        Assert.Equal(new IPEndPoint(b.Address, NetworkWorld.Port), near.Remote);
    }

    [Fact]
    public void A_refusal_takes_a_round_trip()
    {
        var world = new NetworkWorld();
        var (a, b) = (world.Host("a"), world.Host("b"));

        var failure = world.FailureOf(a.Transport.ConnectAsync(new IPEndPoint(b.Address, NetworkWorld.Port), default));

        Assert.Contains("refused", failure, StringComparison.Ordinal);
        Assert.Equal(20, world.Now);
    }

    [Fact]
    public void A_byte_takes_one_latency()
    {
        var world = new NetworkWorld();
        var (_, _, near, far) = world.Connected();
        var start = world.Now;

        world.Run(near.WriteAsync(new byte[1], default).AsTask());
        Assert.Equal(start, world.Now);
        world.Run(NetworkWorld.Reading(far));

        Assert.Equal(start + 10, world.Now);
    }

    [Fact]
    public void A_link_passes_so_many_bytes_a_second()
    {
        var world = new NetworkWorld(OneMegabyteASecond);
        var (_, _, near, far) = world.Connected();
        var start = world.Now;

        var writing = near.WriteAsync(new byte[2_000_000], default).AsTask();
        world.Run(Read(far, 2_000_000));
        world.Run(writing);

        Assert.Equal(start + 2_000 + 10, world.Now, 1.0);
    }

    [Fact]
    public void Connections_share_a_host_s_link()
    {
        var world = new NetworkWorld(OneMegabyteASecond);
        var (a, b, c) = (world.Host("a"), world.Host("b"), world.Host("c"));
        var ((toB, atB), (toC, atC)) = (world.Connect(a, b), world.Connect(a, c));
        var start = world.Now;

        Task[] writing = [toB.WriteAsync(new byte[1_000_000], default).AsTask(), toC.WriteAsync(new byte[1_000_000], default).AsTask()];
        Task[] reading = [Read(atB, 1_000_000), Read(atC, 1_000_000)];
        foreach (var task in reading)
        {
            world.Run(task);
            Assert.InRange(world.Now - start, 1_900, 2_010.01);
        }
        world.Run(Task.WhenAll(writing));
    }

    [Fact]
    public void Directions_do_not_share()
    {
        var world = new NetworkWorld(OneMegabyteASecond);
        var (_, _, near, far) = world.Connected();
        var start = world.Now;

        Task[] writing = [near.WriteAsync(new byte[1_000_000], default).AsTask(), far.WriteAsync(new byte[1_000_000], default).AsTask()];
        world.Run(Task.WhenAll(Read(near, 1_000_000), Read(far, 1_000_000)));
        world.Run(Task.WhenAll(writing));

        Assert.Equal(start + 1_000 + 10, world.Now, 1.0);
    }

    [Fact]
    public void A_window_is_under_way_and_no_more()
    {
        var world = new NetworkWorld();
        var (_, _, near, far) = world.Connected();

        var writing = near.WriteAsync(new byte[1_000_000], default).AsTask();
        world.RunFor(60_000);
        Assert.False(writing.IsCompleted);
        Assert.Equal(512 * 1024, far.In.Received);

        // The word that there is room travels back, and then the bytes do.
        var start = world.Now;
        world.Run(Read(far, 1_000_000));
        world.Run(writing);
        Assert.Equal(start + 20, world.Now);
    }

    [Fact]
    public void An_ended_direction_reads_as_zero_and_the_other_goes_on()
    {
        var world = new NetworkWorld();
        var (_, _, near, far) = world.Connected();
        world.Run(near.WriteAsync(new byte[3], default).AsTask());
        near.EndSending();

        world.Run(Read(far, 3));
        Assert.Equal(0, world.Run(NetworkWorld.Reading(far)));
        var writing = far.WriteAsync(new byte[700_000], default).AsTask();
        world.Run(Read(near, 700_000));
        world.Run(writing);
        Assert.Contains("ended here", world.FailureOf(near.WriteAsync(new byte[1], default).AsTask()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_to_a_closed_end_is_answered_with_a_reset()
    {
        var world = new NetworkWorld();
        var (_, _, near, far) = world.Connected();
        near.Dispose();
        Assert.Equal(0, world.Run(NetworkWorld.Reading(far)));

        world.Run(far.WriteAsync(new byte[1], default).AsTask());
        world.RunFor(19.9);
        Assert.Equal(0, world.Run(NetworkWorld.Reading(far)));
        world.RunFor(0.1);
        Assert.Contains("reset", world.FailureOf(NetworkWorld.Reading(far)), StringComparison.Ordinal);
    }

    [Fact]
    public void Closing_with_unread_bytes_resets()
    {
        var world = new NetworkWorld();
        var (_, _, near, far) = world.Connected();
        world.Run(far.WriteAsync(new byte[1], default).AsTask());
        world.RunFor(50);
        var reading = NetworkWorld.Reading(far);
        var start = world.Now;
        near.Dispose();

        Assert.Contains("reset", world.FailureOf(reading), StringComparison.Ordinal);
        Assert.Equal(start + 10, world.Now);
    }

    [Fact]
    public void Ends_that_both_closed_are_forgotten()
    {
        var world = new NetworkWorld();
        var (_, _, near, far) = world.Connected();
        near.Dispose();
        world.RunFor(50);
        far.Dispose();
        world.RunFor(50);

        Assert.True(near.IsGone);
        Assert.True(far.IsGone);
    }

    [Fact]
    public void A_cancelled_dial_leaves_nothing_to_accept()
    {
        var world = new NetworkWorld();
        var (a, b) = (world.Host("a"), world.Host("b"));
        using var listener = b.Transport.Listen(new IPEndPoint(IPAddress.Any, NetworkWorld.Port));
        var accepting = listener.AcceptAsync(default);
        using var stop = new CancellationTokenSource();
        var dialling = a.Transport.ConnectAsync(new IPEndPoint(b.Address, NetworkWorld.Port), stop.Token);
        world.RunFor(15);
        stop.Cancel();

        Assert.Contains("in time", world.FailureOf(dialling), StringComparison.Ordinal);
        world.RunFor(200_000);
        Assert.False(accepting.IsCompleted);
    }

    [Fact]
    public void A_full_queue_of_connections_lets_diallers_wait()
    {
        var world = new NetworkWorld();
        var (a, b) = (world.Host("a"), world.Host("b"));
        using var listener = b.Transport.Listen(new IPEndPoint(IPAddress.Any, NetworkWorld.Port));
        for (var i = 0; i < 128; i++)
            world.Run(a.Transport.ConnectAsync(new IPEndPoint(b.Address, NetworkWorld.Port), default));
        world.RunFor(100);
        var oneMore = a.Transport.ConnectAsync(new IPEndPoint(b.Address, NetworkWorld.Port), default);
        world.RunFor(500);
        Assert.False(oneMore.IsCompleted);

        world.Run(listener.AcceptAsync(default));
        world.Run(oneMore);
    }

    [Fact]
    public void An_observer_sees_every_byte()
    {
        var world = new NetworkWorld();
        var (_, _, near, far) = world.Connected();
        world.Run(near.WriteAsync("secret"u8.ToArray(), default).AsTask());
        world.Run(far.WriteAsync("more"u8.ToArray(), default).AsTask());

        Assert.Equal([$"a {near.Flow.Number} {Convert.ToHexString("secret"u8)}", $"b {far.Flow.Number} {Convert.ToHexString("more"u8)}"], world.Sent);
    }

    internal static async Task<byte[]> Read(ITransportConnection connection, int bytes)
    {
        var all = new byte[bytes];
        for (var got = 0; got < bytes;)
        {
            var read = await connection.ReadAsync(all.AsMemory(got), default);
            if (read == 0)
                throw new InvalidOperationException($"Only {got} bytes came.");
            got += read;
        }
        return all;
    }
}
