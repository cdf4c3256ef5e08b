using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Transfers;

/// <summary>Offers that a person decides on.</summary>
internal sealed partial class TransfersActor
{
    /// <summary>Offers of one device that may wait for an answer at once: each holds the beginning of its file list in memory.</summary>
    internal const int MostAsked = 8;

    private void OnAnswerOffer(TransferCommands.AnswerOffer command)
    {
        if (_history.Find(command.Id) is not var (no, record) || record is not { State: TransferState.AwaitingAnswer, Key.Direction: TransferDirection.Receiving })
        {
            Sender.Tell(new OfferAnswered(_history.Find(command.Id) is var (n, other) ? ViewOf(n, other) : null, WasAsked: false));
            return;
        }
        if (IsEnding(record.Key))
            return;
        if (_sessions.TryGetValue(record.Key, out var session))
        {
            session.Forward(new TransferSignals.Answer(command.IsAccepted, command.SaveTo));
            return;
        }
        // Nothing runs: what is kept says so, and its sender hears of it when he comes back.
        var answered = KeepAnswer(no, command.SaveTo is { } saveTo ? record.InDirectory(saveTo) : record, command.IsAccepted);
        if (!command.IsAccepted)
            EndWithoutSession(no, answered);
        else if (command.SaveTo is not null)
            Discard(no, record);
        Sender.Tell(new OfferAnswered(ViewOf(no, _stores.Transfers.Find(record.Key)!.Value.Transfer), WasAsked: true));
    }

    private TransferRecord KeepAnswer(TransferNo no, TransferRecord record, bool isAccepted)
    {
        record = record with { State = isAccepted ? TransferState.Transferring : TransferState.Declined, UpdatedAt = _context.Now };
        _stores.Transfers.Update(no, record);
        _context.Events.Publish(new TransferEvents.TransferChanged(ViewOf(no, record)));
        return record;
    }

    /// <returns>why a person cannot be asked about an offer of this device; null: he can, or need not</returns>
    private string? Unanswerable(DeviceId device) =>
        _receiving.For(device) == AcceptPolicy.Ask && _stores.Transfers.Unfinished().Count(t => t.Transfer.Key.Peer == device && IsUndecided(t.Transfer)) >= MostAsked
            ? $"{MostAsked} offers of this device wait for an answer there already. Send it again when they have one."
            : null;

    private static bool IsUndecided(TransferRecord record) =>
        record.Key.Direction == TransferDirection.Receiving && record.State is TransferState.Connecting or TransferState.Offered or TransferState.AwaitingAnswer;
}
