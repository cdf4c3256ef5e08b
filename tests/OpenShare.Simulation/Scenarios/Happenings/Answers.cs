using OpenShare.Device.Hosting;
using OpenShare.Device.Views;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>People are asked whether to take what is sent to them: they answer soon, or late, and some decline.</summary>
internal sealed record Answers : Happening
{
    internal override void Begin(World world, Random random)
    {
        // Before anything else happens.
        world.After(TimeSpan.Zero, () =>
        {
            foreach (var device in world.Devices)
            {
                device.Accept = AcceptPolicy.Ask;
                device.Restart();
            }
        });
        Answer(world, random);
    }

    // For as long as there is a world: nothing that waits for an answer ends by itself.
    private static void Answer(World world, Random random) => world.After(Between(random, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(8)), () =>
    {
        var asked = world.Devices.Where(d => d.IsRunning).SelectMany(d => Asked(d).Select(t => (Device: d, Transfer: t))).ToList();
        if (asked.Count > 0)
        {
            var (device, transfer) = Pick(random, asked);
            var isAccepted = random.Next(4) > 0;
            if (!isAccepted && world.Deliveries.FirstOrDefault(d => d.Transfer == transfer.Id.ToString()) is { } delivery)
                delivery.MayFail = true;
            world.Trace.Add(device.Name, $"{(isAccepted ? "accepts" : "declines")} {transfer.Id}");
            device.Answer(transfer.Id, isAccepted);
        }
        Answer(world, random);
    });

    private static IEnumerable<TransferView> Asked(SimulatedDevice device) =>
        device.Transfers.Values.Where(t => t is { Direction: TransferDirection.Receiving, State: Device.Views.TransferState.AwaitingAnswer }).OrderBy(t => t.Id.ToString(), StringComparer.Ordinal);
}
