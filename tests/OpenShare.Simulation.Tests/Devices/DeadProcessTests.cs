using System.Runtime.CompilerServices;
using OpenShare.Device.Storage;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Tests.Devices;

/// <summary>A process that died does nothing any more, whatever it had begun.</summary>
public sealed class DeadProcessTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void Nothing_happens_that_a_dead_process_had_begun(int seed, bool powerLoss)
    {
        using var world = new TestWorld(seed);
        var (alice, bob) = (world.Device("alice"), world.Device("bob", losesPower: true));
        alice.WorkFactor = bob.WorkFactor = 2000;
        world.Until(() => alice.Sees(bob), 30, "They did not find each other.");
        alice.Send(bob, TestWorld.Tree(alice, seed, 6 * 1024 * 1024));
        world.Until(() => alice.Transfers.Values.Any(t => t.BytesDone > 0), 60, "Nothing was on its way.");
        var step = world.World.Queue.Steps + new Random(seed).Next(60);
        world.Until(() => world.World.Queue.Steps >= step, 60, "It did not come so far.");
        var dead = bob.Database;
        var transfer = Assert.Single(dead.Transfers.All());

        if (powerLoss)
            bob.PowerLoss();
        else
            bob.Kill();
        var (traced, files) = (Lines(world), Files(bob));
        world.For(60);

        Assert.Equal(traced, Lines(world));
        Assert.Equal(files, Files(bob));
        Assert.Throws<StorageException>(() => dead.Transfers.All());
        Assert.Throws<StorageException>(() => dead.Transfers.Update(transfer.No, transfer.Transfer with { Summary = "written by a dead process" }));
        Assert.DoesNotContain(bob.OpenDatabase().Transfers.All(), t => t.Transfer.Summary.Contains("dead", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_holds_on_to_a_dead_process()
    {
        using var world = new TestWorld();
        var device = world.Device("device");
        world.For(20);

        var process = KillAndForget(device);
        world.For(1);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(process.IsAlive);
    }

    [Fact]
    public void A_device_may_die_many_times()
    {
        using var world = new TestWorld();
        var (alice, bob) = (world.Device("alice"), world.Device("bob"));
        for (var i = 0; i < 30; i++)
        {
            bob.Restart();
            world.For(0.3 * i);
        }

        world.Until(() => alice.Sees(bob) && bob.Sees(alice), 60, "They did not find each other.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference KillAndForget(SimulatedDevice device)
    {
        var process = new WeakReference(device.Process);
        device.Kill();
        return process;
    }

    private static int Lines(TestWorld world) => world.Traced("bob", "");

    private static List<(string, int?, long)> Files(SimulatedDevice device) => [.. device.Disk.Snapshot("/").Select(e => (e.Path, e.Bytes?.Length, e.MtimeNs))];
}
