namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Part of the devices is cut off from the rest for a while.</summary>
internal sealed record Partitions : Happening
{
    internal override void Begin(World world, Random random) =>
        Repeat(world, random, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(3), () =>
        {
            var apart = world.Devices.Where(_ => random.Next(3) == 0).ToList();
            if (apart.Count == 0 || apart.Count == world.Devices.Count)
                return;
            world.Fault($"{string.Join(", ", apart.Select(d => d.Name))} are cut off");
            world.Network.Partition([.. apart.Select(d => d.Host)], [.. world.Devices.Except(apart).Select(d => d.Host)]);
            world.After(Between(random, TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(2)), world.Network.Heal);
        });

    internal override void Heal(World world) => world.Network.Heal();
}
