namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>An administrator revokes devices.</summary>
internal sealed record Revocations(int Count) : Happening
{
    internal override void Begin(World world, Random random)
    {
        for (var i = 0; i < Count; i++)
            world.After(Between(random, TimeSpan.FromSeconds(30), world.Scenario.Duration * 0.9), () => world.Revoke(Pick(random, world.Devices)));
    }
}
