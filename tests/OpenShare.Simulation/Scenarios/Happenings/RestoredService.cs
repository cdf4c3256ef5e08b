namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Late in the run the registration service is restored from a backup of its beginning; its administrator notices a while after.</summary>
internal sealed record RestoredService : Happening
{
    internal override void Begin(World world, Random random)
    {
        world.Service.KeepBackup();
        world.After(Between(random, world.Scenario.Duration * 0.6, world.Scenario.Duration * 0.8), () => world.RestoreService(Between(random, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1))));
    }
}
