namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Every device's link goes down so long in every so much time.</summary>
internal sealed record FlappingLinks(TimeSpan Down, TimeSpan Every) : Happening
{
    internal override void Begin(World world, Random random)
    {
        foreach (var device in world.Devices)
            world.After(Between(random, TimeSpan.Zero, Every), () => Flap(world, random, device.Name));
    }

    internal override void Heal(World world)
    {
        foreach (var device in world.Devices)
            device.Host.LinkUp();
    }

    private void Flap(World world, Random random, string name)
    {
        if (world.IsHealing)
            return;
        var device = world.Device(name);
        world.Fault($"{name}'s link goes down");
        device.Host.LinkDown();
        var down = Between(random, Down / 2, Down * 1.5);
        world.After(down, device.Host.LinkUp);
        world.After(Every, () => Flap(world, random, name));
    }
}
