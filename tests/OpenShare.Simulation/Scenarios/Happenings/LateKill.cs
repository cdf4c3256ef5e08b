namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>The receiver of the first delivery is killed when three quarters of it have arrived: what a restart forgets costs the most then.</summary>
internal sealed record LateKill : Happening
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    internal override void Begin(World world, Random random) => world.After(Look, () => Watch(world));

    private static void Watch(World world)
    {
        if (world.Deliveries is not [var delivery, ..] || delivery.BytesDone < delivery.Bytes / 4 * 3)
        {
            if (!world.IsHealing)
                world.After(Look, () => Watch(world));
            return;
        }
        if (delivery.IsEnded)
            return;
        world.Fault($"{delivery.To.Name} is killed with three quarters of {delivery.Top}");
        delivery.To.Kill();
        world.After(TimeSpan.FromSeconds(2), delivery.To.Start);
    }
}
