namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>A device's home is copied to a second machine, and both are on the network.</summary>
internal sealed record Clone : Happening
{
    internal override void Begin(World world, Random random) =>
        world.After(Between(random, TimeSpan.FromSeconds(60), world.Scenario.Duration / 2), () => world.Clone(Pick(random, world.Devices)));
}
