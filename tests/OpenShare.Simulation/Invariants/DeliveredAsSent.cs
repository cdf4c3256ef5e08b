using OpenShare.Device.Hosting;
using OpenShare.Device.Transfers;
using OpenShare.Device.Views;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>What a receiver calls complete is, byte for byte and name for name, what was sent.</summary>
internal sealed class DeliveredAsSent : Invariant
{
    internal override string Name => "delivered-as-sent";

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        if (happened is TransferEvents.TransferChanged { Transfer: { Direction: TransferDirection.Receiving, State: TransferState.Completed } transfer })
            Check(transfer.Id.ToString(), device);
    }

    internal override void AtEnd()
    {
        foreach (var delivery in World.Deliveries.Where(d => d.IsCompleted))
            Check(delivery.Transfer!, delivery.To);
    }

    private void Check(string transfer, SimulatedDevice at)
    {
        if (World.Deliveries.FirstOrDefault(d => d.Transfer == transfer && d.To == at) is { } delivery && delivery.Difference() is { } difference)
            Alarm($"{at.Name} completed {delivery.Top} from {delivery.From.Name}, but {difference}");
    }
}
