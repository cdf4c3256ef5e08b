using OpenShare.Device.Hosting;
using OpenShare.Device.Transfers;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Simulation.Devices;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Simulation.Invariants;

/// <summary>A sender never says that all was delivered without a genuine receipt of the receiver, kept.</summary>
internal sealed class ReceiptBeforeSuccess : Invariant
{
    private readonly HashSet<string> _succeeded = [];

    internal override string Name => "receipt-before-success";

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        if (happened is TransferEvents.TransferChanged { Transfer: { Direction: TransferDirection.Sending, State: TransferState.Completed or TransferState.Incomplete } transfer }
            && _succeeded.Add(transfer.Id.ToString()))
            Check(device, transfer.Id);
    }

    internal override void OnStarted(SimulatedDevice device)
    {
        foreach (var delivery in World.Deliveries.Where(d => d.From == device && d.Transfer is { } id && _succeeded.Contains(id)))
            Check(device, TransferId.Parse(delivery.Transfer!));
    }

    private void Check(SimulatedDevice device, TransferId id)
    {
        var database = device.Database;
        if (database.Transfers.Find(id) is not var (no, record) || !(record.State is TransferState.Completed or TransferState.Incomplete))
            Alarm($"{device.Name} had told that {id} was delivered, and does not know it any more");
        else if (database.Receipts.Find(no) is not { } receipt)
            Alarm($"{device.Name} tells that {id} was delivered, and has no receipt");
        else if (ReceiptVerifier.Verify(receipt, World.Service.Trust) is ReceiptVerdict.Refused refused)
            Alarm($"{device.Name} tells that {id} was delivered, by a receipt that is not genuine: {refused.Message}");
        else if (Receipt.Read(receipt).Receiver != record.Key.Peer)
            Alarm($"{device.Name} tells that {id} was delivered, by the receipt of another device");
    }
}
