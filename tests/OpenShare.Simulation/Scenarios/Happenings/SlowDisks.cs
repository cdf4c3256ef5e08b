namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Disk work takes a hundred times as long, for a while.</summary>
internal sealed record SlowDisks : Happening
{
    internal override void Begin(World world, Random random) =>
        Repeat(world, random, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), () =>
        {
            var device = Pick(random, world.Devices);
            world.Fault($"{device.Name}'s disk is slow");
            device.WorkFactor = random.Next(20, 2000);
            world.After(Between(random, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)), () => device.WorkFactor = 1);
        });

    internal override void Heal(World world)
    {
        foreach (var device in world.Devices)
            device.WorkFactor = 1;
    }
}
