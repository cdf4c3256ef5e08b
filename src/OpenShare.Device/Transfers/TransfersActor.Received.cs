using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Transfers;

/// <summary>How many transfers of one peer are received at once.</summary>
internal sealed partial class TransfersActor
{
    // Stopped, and not heard of yet.
    private readonly HashSet<TransferKey> _leaving = [];

    private int MostReceived => _context.TransferTuning.ReceivedAtOnce;

    /// <returns>why no further transfer of this device is begun now; null: one may be</returns>
    private string? TooMany(DeviceId device) =>
        _stores.Transfers.CountReceiving(device) >= MostReceived
            ? $"{MostReceived} transfers of this device are under way there already. Send it again when one of them is over."
            : null;

    // What is delivered, and was told, needs no session to wait for the confirmation: a sender that missed it asks.
    private void LeaveOneThatWaits(DeviceId peer)
    {
        var sessions = _sessions.Keys.Where(k => k.Direction == TransferDirection.Receiving && k.Peer == peer && !_leaving.Contains(k)).ToList();
        if (sessions.Count < MostReceived || sessions.Find(IsOverHere) is not { } waiting)
            return;
        _leaving.Add(waiting);
        Context.Stop(_sessions[waiting]);
    }

    private bool IsOverHere(TransferKey key) => _running.TryGetValue(key, out var view) ? view.IsEnded : IsOver(key);
}
