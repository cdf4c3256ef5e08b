
namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>
/// A disk is pulled out and put back. What a device sends from it meanwhile cannot be read, and is left out; what it receives may fail
/// where it was being placed. Nothing half is left, and nothing that is lost is signed for.
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
                if (world.IsHealing || device.Disk.IsPulled)
                    return;
                world.Fault($"{device.Name}'s disk is pulled out");
                device.PullDisk();
                foreach (var delivery in world.Deliveries.Where(d => (d.To == device || d.From == device) && !d.IsEnded))
                    delivery.MayFail = true;
                world.After(Between(random, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)), device.Disk.PutBack);
            });
        }
    }

    internal override void Heal(World world)
    {
        foreach (var device in world.Devices)
            device.Disk.PutBack();
    }
}
