using OpenShare.Protocol.Transfer;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>People on either side call transfers off: at any moment, and some in the one in which files get their names, with which some receivers die.</summary>
internal sealed record Cancels : Happening
{
    internal override void Begin(World world, Random random)
    {
        Repeat(world, random, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30), () =>
        {
            var begun = world.Deliveries.Where(d => d is { IsEnded: false, Transfer: not null }).ToList();
            if (begun.Count > 0)
                Cancel(world, random, Pick(random, begun));
        });
        HashSet<Delivery> seen = [];
        var often = TimeSpan.FromMilliseconds(5);
        Repeat(world, random, often, often, () =>
        {
            foreach (var delivery in world.Deliveries.Where(d => d.IsFinishing && seen.Add(d)).ToList())
            {
                var what = random.Next(4);
                if (what == 0)
                    CancelTooLate(world, delivery);
                else if (what == 1)
                    Cancel(world, random, delivery);
            }
        });
    }

    // Its receiver, whose disk crawls, has heard it, and may take nothing back any more, when its process ends: who is to tell its sender of the receipt?
    private static void CancelTooLate(World world, Delivery delivery)
    {
        Cancel(world, delivery, delivery.From);
        delivery.To.WorkFactor = 3_000;
        world.After(TimeSpan.FromSeconds(10), () =>
        {
            delivery.To.WorkFactor = 1;
            if (delivery.Received is not { IsEnded: false } || !delivery.To.IsRunning)
                return;
            world.Fault($"{delivery.To.Name} is killed as it puts {delivery.Top} in its place");
            delivery.To.Restart();
        });
    }

    private static void Cancel(World world, Random random, Delivery delivery) => Cancel(world, delivery, random.Next(2) == 0 ? delivery.From : delivery.To);

    private static void Cancel(World world, Delivery delivery, SimulatedDevice device)
    {
        if (!device.IsRunning)
            return;
        world.Fault($"{device.Name} calls {delivery.Top} off");
        delivery.MayFail = true;
        device.Cancel(TransferId.Parse(delivery.Transfer!));
    }
}
