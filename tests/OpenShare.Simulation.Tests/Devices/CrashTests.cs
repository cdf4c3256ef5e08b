using System.Numerics;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Tests.Devices;

/// <summary>A device that dies anywhere goes on where it was, and what it acknowledged is there.</summary>
public sealed class CrashTests
{
    private const int Bytes = 6 * 1024 * 1024;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_device_that_dies_at_any_step_of_registering_is_registered_once(bool powerLoss)
    {
        long steps;
        using (var world = new TestWorld())
        {
            var device = Ordered(world, world.World.Service.IssueToken().Reveal());
            steps = RunToCertified(world, device);
        }
        Assert.InRange(steps, 20, 1000);

        for (var step = 1L; step <= steps; step += 2)
        {
            using var world = new TestWorld();
            var token = world.World.Service.IssueToken().Reveal();
            var device = Ordered(world, token);
            var until = world.World.Queue.Steps + step;
            world.Until(() => world.World.Queue.Steps >= until, 60, "It did not come so far.");
            var wasAcknowledged = world.Traced("device", "registers") > 0;

            if (powerLoss)
                device.PowerLoss(keeps: false);
            else
                device.Kill();
            world.For(1);
            device.Start();
            world.For(1);
            if (!wasAcknowledged && device.Registration is RegistrationState.Unregistered)
                device.Register(Protocol.Registration.RegistrationTokenText.Parse(token));

            RunToCertified(world, device);
            Assert.Equal([device.Id], world.World.Service.Devices);
        }
    }

    [Fact]
    public void A_tree_arrives_whatever_change_of_its_disk_the_receiver_loses_power_at()
    {
        var isOver = false;
        for (var change = 1; !isOver; change++)
        {
            using var world = new TestWorld(change);
            var (alice, bob) = (world.Device("alice"), world.Device("bob", losesPower: true));
            var tree = TestWorld.Tree(alice, change, 1000);
            var left = change;
            bob.Disk.Changing += () =>
            {
                if (--left == 0)
                    bob.PowerLoss(keeps: change % 2 == 0);
            };
            world.Until(() => alice.Sees(bob), 30, "They did not find each other.");
            alice.Send(bob, tree);
            world.Until(() => !bob.IsRunning || alice.Transfers.Values.Any(t => t.IsEnded), 60, "Nothing came of it.");
            isOver = bob.IsRunning;
            if (!isOver)
                bob.Start();
            world.Until(() => alice.Transfers.Values.Any(t => t.IsEnded), 120, $"It did not end after change {change}.");

            Assert.Equal(TransferState.Completed, alice.Transfers.Values.Single().State);
            TestWorld.AssertArrived(alice, bob);
            Assert.InRange(change, 0, 100);
        }
    }

    [Theory]
    [InlineData(1, "alice", false)]
    [InlineData(2, "bob", false)]
    [InlineData(3, "alice", true)]
    [InlineData(4, "bob", true)]
    [InlineData(5, "bob", true)]
    [InlineData(6, "bob", false)]
    public void A_transfer_goes_on_after_its_sender_or_receiver_died(int seed, string who, bool powerLoss)
    {
        using var world = new TestWorld(seed);
        var (alice, bob) = (world.Device("alice", losesPower: true), world.Device("bob", losesPower: true));
        alice.WorkFactor = bob.WorkFactor = 2000;
        var victim = who == "alice" ? alice : bob;
        var tree = TestWorld.Tree(alice, seed, Bytes);
        world.Until(() => alice.Sees(bob), 30, "They did not find each other.");
        alice.Send(bob, tree);
        world.Until(() => alice.Transfers.Values.Any(t => t.BytesDone > 0), 60, "Nothing was on its way.");
        var step = world.World.Queue.Steps + new Random(seed).Next(60);
        world.Until(() => world.World.Queue.Steps >= step, 60, "It did not come so far.");
        Assert.DoesNotContain(alice.Transfers.Values, t => t.IsEnded);
        var acknowledged = alice.Transfers.Values.Single().ChunksDone;

        if (powerLoss)
            victim.PowerLoss(keeps: false);
        else
            victim.Kill();
        if (!powerLoss)
            Assert.InRange(Known(bob, victim == bob), acknowledged, long.MaxValue);
        world.For(3);
        victim.Start();

        world.Until(() => alice.Transfers.Values.Concat(bob.Transfers.Values).All(t => t.IsEnded), 300, "It did not end.");
        Assert.All(alice.Transfers.Values.Concat(bob.Transfers.Values), t => Assert.Equal(TransferState.Completed, t.State));
        TestWorld.AssertArrived(alice, bob);
    }

    [Fact]
    public void What_was_synced_before_a_loss_of_power_is_not_sent_again()
    {
        using var world = new TestWorld(2);
        var (alice, bob) = (world.Device("alice"), world.Device("bob", losesPower: true));
        alice.WorkFactor = bob.WorkFactor = 2000;
        world.Until(() => alice.Sees(bob), 30, "They did not find each other.");
        alice.Send(bob, TestWorld.Tree(alice, 2, 6 * Bytes));
        world.Until(() => Synced(bob.Database) > 0, 300, "Nothing was synced.");
        Assert.DoesNotContain(bob.Transfers.Values, t => t.State != TransferState.Transferring);
        var synced = Synced(bob.Database);

        bob.PowerLoss(keeps: false);

        Assert.Equal(synced, Synced(bob.OpenDatabase()));
        bob.CloseDatabase();
    }

    [Fact]
    public void What_was_ended_is_told_the_same_after_a_loss_of_power()
    {
        using var world = new TestWorld(9);
        var (alice, bob) = (world.Device("alice", losesPower: true), world.Device("bob", losesPower: true));
        world.Until(() => alice.Sees(bob), 30, "They did not find each other.");
        alice.Send(bob, TestWorld.Tree(alice, 9, 100_000));
        world.Until(() => alice.Transfers.Values.Any(t => t.Receipt is not null), 60, "It did not end.");

        foreach (var device in new[] { alice, bob })
        {
            device.PowerLoss(keeps: false);
            Assert.Equal(TransferState.Completed, Assert.Single(device.OpenDatabase().Transfers.All()).Transfer.State);
            device.CloseDatabase();
            device.Start();
        }
        world.For(30);

        foreach (var device in new[] { alice, bob })
        {
            var record = Assert.Single(device.Database.Transfers.All()).Transfer;
            Assert.Equal(TransferState.Completed, record.State);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public void A_clock_that_is_set_by_hours_in_the_middle_of_a_transfer_stops_nothing(int hours)
    {
        using var world = new TestWorld(3);
        var (alice, bob) = (world.Device("alice"), world.Device("bob"));
        alice.WorkFactor = bob.WorkFactor = 2000;
        var tree = TestWorld.Tree(alice, 3, Bytes);
        world.Until(() => alice.Sees(bob), 30, "They did not find each other.");
        alice.Send(bob, tree);
        world.Until(() => alice.Transfers.Values.Any(t => t.BytesDone > 0), 60, "Nothing was on its way.");

        bob.Clock.Jump(TimeSpan.FromHours(hours));

        world.Until(() => alice.Transfers.Values.Concat(bob.Transfers.Values).All(t => t.IsEnded), 120, "It did not end.");
        TestWorld.AssertArrived(alice, bob);
    }

    [Fact]
    public void A_device_whose_clock_is_minutes_off_registers()
    {
        using var world = new TestWorld();
        var device = world.Unregistered("device");
        device.Clock.Skew = TimeSpan.FromMinutes(-4);
        device.Clock.Drift = 0.0001;
        device.Start();
        device.Register(world.World.Service.IssueToken());

        RunToCertified(world, device);
    }

    [Fact]
    public void A_device_that_is_stopped_says_goodbye_and_runs_no_more()
    {
        using var world = new TestWorld();
        var (alice, bob) = (world.Device("alice"), world.Device("bob"));
        world.Until(() => alice.Sees(bob), 30, "They did not find each other.");

        bob.Stop();

        world.Until(() => !bob.IsRunning, 5, "It did not end.");
        world.Until(() => !alice.Sees(bob), 5, "Its goodbye was not heard.");
    }

    [Fact]
    public void A_device_sends_to_an_address_where_nothing_is_discovered()
    {
        using var world = new TestWorld();
        world.World.Segments[0].Conditions = world.World.Segments[0].Conditions with { MulticastBlocked = true };
        var (alice, bob) = (world.Device("alice"), world.Device("bob"));
        var tree = TestWorld.Tree(alice, 1, 100_000);
        world.For(1);

        alice.SendToAddressOf(bob, tree);

        world.Until(() => alice.Transfers.Values.Any(t => t.IsEnded), 60, "It did not end.");
        TestWorld.AssertArrived(alice, bob);
    }

    private static SimulatedDevice Ordered(TestWorld world, string token)
    {
        var device = world.Unregistered("device", losesPower: true);
        device.Start();
        device.Register(Protocol.Registration.RegistrationTokenText.Parse(token));
        return device;
    }

    private static long RunToCertified(TestWorld world, SimulatedDevice device)
    {
        var before = world.World.Queue.Steps;
        world.Until(() => device.Registration is RegistrationState.Certified, 120, "It was not registered.");
        return world.World.Queue.Steps - before;
    }

    /// <summary>Chunks that a receiver's database trusts after a loss of power.</summary>
    private static long Synced(DeviceDatabase database) => database.Transfers.All()
        .SelectMany(t => database.Chunks.Load(t.No)).Sum(m => m.Durable.Sum(b => (long)BitOperations.PopCount(b)));

    /// <summary>Chunks that the receiver's database says are written.</summary>
    private static long Known(SimulatedDevice device, bool isDead)
    {
        var database = isDead ? device.OpenDatabase() : device.Database;
        var no = Assert.Single(database.Transfers.All()).No;
        var known = database.Chunks.Load(no).Sum(m => m.Written.Sum(b => (long)BitOperations.PopCount(b)));
        if (isDead)
            device.CloseDatabase();
        return known;
    }
}
