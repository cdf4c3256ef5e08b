using Akka.Actor;
using OpenShare.Device.Storage;

namespace OpenShare.Device.Transfers;

/// <summary>
/// A database without room. What was not noted is not gone on with: the session ends as if its process had been killed, and is made
/// anew from what is kept.
/// </summary>
internal abstract partial class TransferSession
{
    public override void AroundPreStart()
    {
        try
        {
            base.AroundPreStart();
        }
        catch (StorageFullException full)
        {
            EndWithoutRoom(full.Message);
        }
    }

    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (StorageFullException full)
        {
            EndWithoutRoom(full.Message);
            // A person's order is not kept: he is to give it again.
            if (message is TransferSignals.Cancel or TransferSignals.Pause or TransferSignals.Answer)
                Sender.Tell(new Status.Failure(full));
            return true;
        }
    }

    /// <summary>For the other side, which may wait for this one.</summary>
    protected virtual void OnNoRoom(string reason) { }

    private void EndWithoutRoom(string reason)
    {
        OnNoRoom(reason);
        Context.Parent.Tell(new TransferSignals.NoRoom(reason));
        Context.Stop(Self);
    }
}
