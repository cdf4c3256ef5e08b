using Akka.Actor;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;

namespace OpenShare.Device.Transfers;

/// <summary>A text lies in the outbox for as long as it is sent.</summary>
internal sealed partial class TransfersActor
{
    private readonly Outbox? _outbox;

    private void ForgetText(TransferRecord record)
    {
        if (_outbox is not { } outbox || record is not { IsText: true, Key.Direction: TransferDirection.Sending })
            return;
        _context.Workers.Run(() => outbox.Remove(record.Paths)).PipeTo(
            Self, success: problems => new Swept(problems), failure: error => new Swept([error.Message]));
    }
}
