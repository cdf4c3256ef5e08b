namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>An administrator revokes devices: where it can be, one in the middle of a transfer.</summary>
internal sealed record Revocations(int Count) : Happening
{
    private const int Tries = 120;

    internal override void Begin(World world, Random random)
    {
        for (var i = 0; i < Count; i++)
            world.After(Between(random, TimeSpan.FromSeconds(30), world.Scenario.Duration * 0.5), () => Revoke(world, random, Tries));
    }

    private static void Revoke(World world, Random random, int tries)
    {
        var busy = world.Deliveries.Where(d => d is { IsEnded: false, BytesDone: > 0 }).Select(d => random.Next(2) == 0 ? d.From : d.To).ToList();
        if (busy.Count > 0 || tries == 0)
            world.Revoke(Pick(random, busy.Count > 0 ? busy : world.Devices));
        else
            world.After(TimeSpan.FromMilliseconds(500), () => Revoke(world, random, tries - 1));
    }
}
