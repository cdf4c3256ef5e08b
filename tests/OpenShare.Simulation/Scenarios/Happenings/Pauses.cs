using OpenShare.Protocol.Transfer;

namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>People on either side have transfers wait, and let them go on later.</summary>
internal sealed record Pauses : Happening
{
    internal override void Begin(World world, Random random) =>
        Repeat(world, random, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20), () =>
        {
            var begun = world.Deliveries.Where(d => d is { IsEnded: false, Transfer: not null }).ToList();
            if (begun.Count == 0)
                return;
            var delivery = Pick(random, begun);
            var device = random.Next(2) == 0 ? delivery.From : delivery.To;
            if (!device.IsRunning)
                return;
            world.Fault($"{device.Name} has {delivery.Top} wait");
            device.Pause(TransferId.Parse(delivery.Transfer!), isPaused: true);
        });

    // Until then some wait for long, over restarts and lost links. A moment later, when all that was stopped runs again.
    internal override void Heal(World world) => world.After(TimeSpan.FromSeconds(1), () =>
    {
        foreach (var delivery in world.Deliveries.Where(d => d.Transfer is not null))
        {
            delivery.From.Pause(TransferId.Parse(delivery.Transfer!), isPaused: false);
            delivery.To.Pause(TransferId.Parse(delivery.Transfer!), isPaused: false);
        }
    });
}
