using Akka.Actor;

namespace OpenShare.Device.Transfers;

/// <summary>How far each file of a transfer is: its session knows, or what is kept says.</summary>
internal sealed partial class TransfersActor
{
    private void OnGetFiles(TransferQueries.GetFiles query)
    {
        if (_history.Find(query.Id) is not var (no, record))
            Sender.Tell(FilesAnswer.None);
        else if (!record.IsOver && _sessions.TryGetValue(record.Key, out var session))
            session.Forward(query);
        else
            Look(self => _history.FilesOf(no, record, query.Asked, self), FilesAnswer.None);
    }
}
