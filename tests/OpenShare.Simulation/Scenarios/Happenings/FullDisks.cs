namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>A disk is full for a while. A transfer that meets it may fail; it is said so, and nothing half is left.</summary>
internal sealed record FullDisks(int Times) : Happening
{
    internal override void Begin(World world, Random random)
    {
        for (var i = 0; i < Times; i++)
        {
            world.After(Between(random, TimeSpan.FromSeconds(2), world.Scenario.Duration), () =>
            {
                if (world.IsHealing)
                    return;
                var device = Pick(random, world.Devices);
                world.Fault($"{device.Name}'s disk is full");
                device.Disk.Capacity = device.Disk.Used + random.Next(64 * 1024);
                foreach (var delivery in world.Deliveries.Where(d => d.To == device && !d.IsEnded))
                    delivery.MayFail = true;
                world.After(Between(random, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)), () => device.Disk.Capacity = long.MaxValue);
            });
        }
    }

    internal override void Heal(World world)
    {
        foreach (var device in world.Devices)
            device.Disk.Capacity = long.MaxValue;
    }
}
