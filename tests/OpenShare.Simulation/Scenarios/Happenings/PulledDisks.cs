using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>
/// A disk from which nothing is sent just then is pulled out and put back. What is received there may fail where it was being placed, or
/// had not begun. Nothing half is left, and nothing that is lost is signed for.
/// </summary>
internal sealed record PulledDisks(int Times) : Happening
{
    internal override void Begin(World world, Random random)
    {
        for (var i = 0; i < Times; i++)
        {
            world.After(Between(random, TimeSpan.FromSeconds(2), world.Scenario.Duration), () =>
            {
                var device = Pick(random, world.Devices);
                if (world.IsHealing || device.Disk.IsPulled || world.Deliveries.Any(d => d.From == device && !d.IsEnded))
                    return;
                world.Fault($"{device.Name}'s disk is pulled out");
                device.PullDisk();
                world.After(Between(random, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)), () => PutBack(world, device));
            });
        }
    }

    internal override void Heal(World world)
    {
        foreach (var device in world.Devices.Where(d => d.Disk.IsPulled))
            PutBack(world, device);
    }

    // Also those that began and ended meanwhile.
    private static void PutBack(World world, SimulatedDevice device)
    {
        foreach (var delivery in world.Deliveries.Where(d => d.To == device))
            delivery.MayFail = true;
        device.Disk.PutBack();
    }
}
