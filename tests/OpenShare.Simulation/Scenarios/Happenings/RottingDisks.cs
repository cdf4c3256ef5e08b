namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Now and then what is read again is not what it was, without an error. What is sent from it may be given up.</summary>
internal sealed record RottingDisks : Happening
{
    internal override void Begin(World world, Random random)
    {
        foreach (var device in world.Devices)
        {
            world.Fault($"{device.Name}'s disk turns bits");
            device.Disk.ReadsTurnABit = 0.02;
        }
    }

    internal override void Heal(World world)
    {
        foreach (var device in world.Devices)
            device.Disk.ReadsTurnABit = 0;
        foreach (var delivery in world.Deliveries.Where(d => d.MayLackFiles))
            delivery.MayFail = true;
    }
}
