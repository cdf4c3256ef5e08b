namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>
/// The receiver of the first delivery is killed when some of it has arrived, and loses power some seconds after it went on: what the killed
/// process had written and not synced is then there only if the next one synced it before it called it durable; or, where the disk did not
/// take it and the killed process alone was told, wrote it again.
/// </summary>
internal sealed record KillThenPowerLoss : Happening
{
    // After the next checkpoint, which is 2 s after the first chunk that is written.
    private static readonly TimeSpan Soonest = TimeSpan.FromSeconds(2.1);
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(5);

    internal override void Begin(World world, Random random)
    {
        var part = random.Next(10, 60);
        WhenArriving(world, delivery => delivery.BytesDone >= delivery.Bytes / 100 * part, delivery =>
        {
            world.Fault($"{delivery.To.Name} is killed with {part} % of {delivery.Top}");
            if (random.Next(2) == 0)
            {
                world.Fault($"{delivery.To.Name}'s disk did not take what was written");
                delivery.To.Disk.DropUnsynced();
            }
            delivery.To.Kill();
            var done = delivery.BytesDone;
            world.After(TimeSpan.FromSeconds(1), () =>
            {
                delivery.To.Start();
                WhenArriving(world, d => d.BytesDone > done, d => world.After(Between(random, Soonest, Latest), () => LosePower(world, d)));
            });
        });
    }

    private static void LosePower(World world, Delivery delivery)
    {
        if (delivery.IsEnded || world.IsHealing)
            return;
        world.Fault($"{delivery.To.Name} loses power with {delivery.Top} on its way");
        delivery.To.PowerLoss(keeps: false);
        world.After(TimeSpan.FromSeconds(2), delivery.To.Start);
    }
}
