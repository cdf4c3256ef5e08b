using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Processes that die, and come back: half of them at any step of the queue, half in the middle of their work on the disk.</summary>
internal sealed record Crashes(int Times, bool IsPowerLoss) : Happening
{
    // A small tree is staged, finished and placed with some hundred of them.
    private const int MostChanges = 60;

    internal override void Begin(World world, Random random)
    {
        for (var i = 0; i < Times; i++)
            world.After(Between(random, TimeSpan.FromSeconds(2), world.Scenario.Duration), () => Aim(world, random));
    }

    internal override void Heal(World world)
    {
        foreach (var device in world.Devices.Where(d => !d.IsRunning))
            device.Start();
    }

    private void Aim(World world, Random random)
    {
        if (random.Next(2) == 0)
        {
            Crash(world, random, Pick(random, world.Devices));
            return;
        }
        // Whoever receives has the most to lose.
        var receiving = world.Deliveries.Where(d => !d.IsEnded).Select(d => d.To).ToList();
        CrashAtWork(world, random, Pick(random, receiving.Count > 0 ? receiving : world.Devices), random.Next(1, MostChanges));
    }

    private void CrashAtWork(World world, Random random, SimulatedDevice device, int changes)
    {
        device.Disk.Changing += Count;

        void Count()
        {
            if (--changes > 0)
                return;
            device.Disk.Changing -= Count;
            Crash(world, random, device);
        }
    }

    private void Crash(World world, Random random, SimulatedDevice device)
    {
        if (world.IsHealing || !device.IsRunning)
            return;
        world.Fault(IsPowerLoss ? $"{device.Name} loses power" : $"{device.Name} is killed");
        if (IsPowerLoss)
            device.PowerLoss();
        else
            device.Kill();
        // Most come back soon, as a service manager would have it; some much later.
        var pause = random.Next(4) == 0 ? TimeSpan.FromMinutes(2) : TimeSpan.FromSeconds(10);
        world.After(Between(random, TimeSpan.FromMilliseconds(200), pause), () =>
        {
            if (!device.IsRunning)
                device.Start();
        });
    }
}
