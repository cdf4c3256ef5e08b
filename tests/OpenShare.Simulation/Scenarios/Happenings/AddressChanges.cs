namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Now and then a device gets another address.</summary>
internal sealed record AddressChanges : Happening
{
    internal override void Begin(World world, Random random) =>
        Repeat(world, random, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2), () =>
        {
            var device = Pick(random, world.Devices);
            world.Fault($"{device.Name} gets another address");
            device.Host.MoveTo(world.FreshAddress());
        });
}
