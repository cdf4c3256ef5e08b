namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Processes that die at any step of the queue, and come back.</summary>
internal sealed record Crashes(int Times, bool IsPowerLoss) : Happening
{
    internal override void Begin(World world, Random random)
    {
        for (var i = 0; i < Times; i++)
            world.After(Between(random, TimeSpan.FromSeconds(2), world.Scenario.Duration), () => Crash(world, random));
    }

    internal override void Heal(World world)
    {
        foreach (var device in world.Devices.Where(d => !d.IsRunning))
            device.Start();
    }

    private void Crash(World world, Random random)
    {
        var device = Pick(random, world.Devices);
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
