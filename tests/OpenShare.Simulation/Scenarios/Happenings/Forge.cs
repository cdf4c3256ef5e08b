namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>A stranger on the network of one device announces it, without its key, on and on: nobody heals that.</summary>
internal sealed record Forge : Happening
{
    internal override void Begin(World world, Random random) =>
        world.After(Between(random, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60)), () => world.Forge(Pick(random, world.Devices)));
}
