namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>What a test does by itself at one moment.</summary>
internal sealed record Custom(string Name, TimeSpan At, Action<World> What) : Happening
{
    internal override void Begin(World world, Random random) => world.After(At, () =>
    {
        world.Fault(Name);
        What(world);
    });
}
