namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Every device has its own idea of the time, and it jumps.</summary>
internal sealed record SkewedClocks(TimeSpan Most) : Happening
{
    internal override void Begin(World world, Random random)
    {
        foreach (var device in world.Devices)
            device.Clock.Skew = Between(random, -Most, Most);
        Repeat(world, random, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), () =>
        {
            var device = Pick(random, world.Devices);
            world.Fault($"{device.Name}'s clock jumps");
            device.Clock.Skew = Between(random, -Most, Most);
        });
    }
}
