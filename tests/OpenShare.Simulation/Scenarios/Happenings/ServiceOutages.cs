namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>The registration service does not answer for a while.</summary>
internal sealed record ServiceOutages : Happening
{
    internal override void Begin(World world, Random random) =>
        Repeat(world, random, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(3), () =>
        {
            world.Fault("the registration service is away");
            world.Service.GoDown();
            world.After(Between(random, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(2)), world.Service.GoUp);
        });

    internal override void Heal(World world) => world.Service.GoUp();
}
