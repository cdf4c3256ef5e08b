using Akka.Actor;
using OpenShare.Device.Storage;

namespace OpenShare.Device.Transfers;

/// <summary>
/// A database without room, or a disk that is lost. What was not noted is not gone on with: the session ends as if its process had been
/// killed, and is made anew from what is kept.
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
            EndToBeMadeAnew(full.Message, new TransferSignals.NoRoom(full.Message));
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
            EndToBeMadeAnew(full.Message, new TransferSignals.NoRoom(full.Message));
            // A person's order is not kept: he is to give it again.
            if (message is TransferSignals.Cancel or TransferSignals.Pause or TransferSignals.Answer)
                Sender.Tell(new Status.Failure(full));
            return true;
        }
        catch (DiskLostException lost)
        {
            EndToBeMadeAnew(lost.Message, new TransferSignals.DiskLost(lost.Message, lost.HasHeld));
            return true;
        }
    }

    /// <summary>For the other side, which may wait for this one.</summary>
    protected virtual void OnMadeAnew(string reason) { }

    private void EndToBeMadeAnew(string reason, object signal)
    {
        OnMadeAnew(reason);
        Context.Parent.Tell(signal);
        Context.Stop(Self);
    }
}
