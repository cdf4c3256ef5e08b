using System.Net;
using OpenShare.Device.Transport;

namespace OpenShare.Simulation.Tests.Network;

/// <summary>Processes that are killed, hosts that lose power, and hosts that move: what their peers notice.</summary>
public sealed class HostTests
{
    [Fact]
    public void Peers_of_a_killed_process_see_a_reset_after_the_latency()
    {
        var world = new NetworkWorld();
        var (_, b, near, _) = world.Connected();
        var reading = NetworkWorld.Reading(near);
        var start = world.Now;
        b.Kill();

        Assert.Contains("reset", world.FailureOf(reading), StringComparison.Ordinal);
        Assert.Equal(start + 10, world.Now);
    }

    [Fact]
    public void Nothing_of_a_dead_process_goes_on()
    {
        var world = new NetworkWorld();
        var (a, b, near, far) = world.Connected();
        var transport = b.Transport;
        var listener = transport.Listen(new IPEndPoint(IPAddress.Any, 7));
        var (accepting, waiting) = (listener.AcceptAsync(default), NetworkWorld.Reading(far));
        b.Kill();

        Assert.Throws<TransportException>(() => transport.Listen(new IPEndPoint(IPAddress.Any, 8)));
        Assert.Throws<TransportException>(() => { _ = transport.ConnectAsync(new IPEndPoint(a.Address, 7), default); });
        world.FailureOf(NetworkWorld.Reading(far));
        world.FailureOf(far.WriteAsync(new byte[1], default).AsTask());
        world.FailureOf(listener.AcceptAsync(default));
        far.Dispose();
        listener.Dispose();
        Assert.Contains("refused", world.FailureOf(a.Transport.ConnectAsync(new IPEndPoint(b.Address, 7), default)), StringComparison.Ordinal);
        world.RunFor(1_000_000);
        Assert.False(accepting.IsCompleted);
        Assert.False(waiting.IsCompleted);
        Assert.Contains("reset", world.FailureOf(NetworkWorld.Reading(near)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_process_may_listen_at_once()
    {
        var world = new NetworkWorld();
        var (a, b) = (world.Host("a"), world.Host("b"));
        b.Transport.Listen(new IPEndPoint(IPAddress.Any, NetworkWorld.Port));
        b.Kill();

        var (near, far) = world.Connect(a, b);
        world.Run(near.WriteAsync(new byte[1], default).AsTask());
        Assert.Equal(1, world.Run(NetworkWorld.Reading(far)));
    }

    [Fact]
    public void A_power_loss_is_silent_and_the_host_that_is_back_resets()
    {
        var world = new NetworkWorld();
        var (_, b, near, _) = world.Connected();
        var reading = NetworkWorld.Reading(near);
        var start = world.Now;
        b.PowerOff();
        world.Run(near.WriteAsync(new byte[1], default).AsTask());
        world.RunFor(10_000);
        Assert.False(reading.IsCompleted);
        Assert.Throws<TransportException>(() => b.Transport.Listen(new IPEndPoint(IPAddress.Any, 1)));
        b.PowerOn();

        // The repetition of second 12.6 finds it.
        Assert.Contains("reset", world.FailureOf(reading), StringComparison.Ordinal);
        Assert.Equal(start + 12_600 + 20, world.Now);
    }

    [Fact]
    public void A_reset_that_is_lost_is_asked_for_again()
    {
        var world = new NetworkWorld();
        var (a, b, near, _) = world.Connected();
        var reading = NetworkWorld.Reading(near);
        a.LinkDown();
        b.Kill();
        world.RunFor(1_000);
        a.LinkUp();
        world.RunFor(100_000);
        Assert.False(reading.IsCompleted);

        b.Conditions = NetworkWorld.FiveMilliseconds with { Latency = TimeSpan.FromMilliseconds(30) };
        world.Run(near.WriteAsync(new byte[1], default).AsTask());
        world.RunFor(40);
        a.LinkDown();
        world.RunFor(100);
        a.LinkUp();
        var start = world.Now;

        Assert.Contains("reset", world.FailureOf(reading), StringComparison.Ordinal);
        Assert.Equal(start + 60 + 70, world.Now);
    }

    [Fact]
    public void A_host_that_moves_listens_at_its_new_address_and_its_old_connections_go_silent()
    {
        var world = new NetworkWorld();
        var (a, b) = (world.Host("a"), world.Host("b"));
        using var listener = b.Transport.Listen(new IPEndPoint(IPAddress.Any, NetworkWorld.Port));
        var near = world.Run(a.Transport.ConnectAsync(new IPEndPoint(b.Address, NetworkWorld.Port), default));
        var far = world.Run(listener.AcceptAsync(default));
        world.RunFor(100);
        var start = world.Now;
        b.MoveTo(NetworkWorld.Address(9));

        world.Run(a.Transport.ConnectAsync(new IPEndPoint(NetworkWorld.Address(9), NetworkWorld.Port), default));
        world.Run(listener.AcceptAsync(default));
        world.Run(near.WriteAsync(new byte[1], default).AsTask());
        world.Run(far.WriteAsync(new byte[1], default).AsTask());
        var reading = far.ReadAsync(new byte[1], default).AsTask();
        Assert.Contains("timed out", world.FailureOf(near.ReadAsync(new byte[1], default).AsTask()), StringComparison.Ordinal);
        Assert.Equal(start + 30 + 522_200, world.Now);
        Assert.Contains("timed out", world.FailureOf(reading), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_is_back_at_its_address_goes_on_with_its_connections()
    {
        var world = new NetworkWorld();
        var (_, b, near, far) = world.Connected();
        var (address, start) = (b.Address, world.Now);
        b.MoveTo(NetworkWorld.Address(9));
        world.Run(near.WriteAsync(new byte[1], default).AsTask());
        world.RunFor(500);
        b.MoveTo(address);

        world.Run(NetworkWorld.Reading(far));
        Assert.Equal(start + 600 + 10, world.Now);
    }

    [Fact]
    public void Whoever_has_the_address_now_resets()
    {
        var world = new NetworkWorld();
        var (_, b, near, _) = world.Connected();
        var (address, start) = (b.Address, world.Now);
        b.MoveTo(NetworkWorld.Address(9));
        world.Segment.Attach("c", address);
        world.Run(near.WriteAsync(new byte[1], default).AsTask());

        Assert.Contains("reset", world.FailureOf(NetworkWorld.Reading(near)), StringComparison.Ordinal);
        Assert.Equal(start + 20, world.Now);
    }

    [Fact]
    public void A_host_may_move_to_another_segment()
    {
        var world = new NetworkWorld();
        var (a, b) = (world.Host("a"), world.Host("b"));
        var other = world.Network.Segment("other", NetworkWorld.FiveMilliseconds);
        var c = other.Attach("c", NetworkWorld.Address(1));

        Assert.Throws<InvalidOperationException>(() => b.MoveTo(other, c.Address));
        b.MoveTo(other, NetworkWorld.Address(2));
        world.Connect(c, b);
        Assert.Single(world.Segment.Hosts, a);
    }

    [Fact]
    public void An_address_is_one_host_s()
    {
        var world = new NetworkWorld();
        world.Host("a");

        Assert.Throws<InvalidOperationException>(() => world.Segment.Attach("b", NetworkWorld.Address(0)));
    }
}
