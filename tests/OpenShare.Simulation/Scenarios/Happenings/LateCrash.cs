namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>The receiver of the first delivery is killed, or loses power, when three quarters of it have arrived: what a restart forgets costs the most then.</summary>
internal sealed record LateCrash(bool IsPowerLoss) : Happening
{
    internal override void Begin(World world, Random random) =>
        WhenArriving(world, delivery => delivery.BytesDone >= delivery.Bytes / 4 * 3, delivery =>
        {
            world.Fault($"{delivery.To.Name} {(IsPowerLoss ? "loses power" : "is killed")} with three quarters of {delivery.Top}");
            if (IsPowerLoss)
                delivery.To.PowerLoss(keeps: false);
            else
                delivery.To.Kill();
            world.After(TimeSpan.FromSeconds(2), delivery.To.Start);
        });
}
