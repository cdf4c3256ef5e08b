namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Multicast is blocked for minutes at a time.</summary>
internal sealed record MulticastBlocks : Happening
{
    internal override void Begin(World world, Random random) =>
        Repeat(world, random, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(4), () =>
        {
            world.Fault("multicast is blocked");
            Block(world, true);
            world.After(Between(random, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(3)), () => Block(world, false));
        });

    internal override void Heal(World world) => Block(world, false);

    private static void Block(World world, bool isBlocked)
    {
        foreach (var segment in world.Segments)
            segment.Conditions = segment.Conditions with { MulticastBlocked = isBlocked };
    }
}
