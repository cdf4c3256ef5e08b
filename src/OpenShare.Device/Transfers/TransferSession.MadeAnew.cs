using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Storage;
using OpenShare.Device.Transfers.Receiving;

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
            EndToBeMadeAnew(full, new TransferSignals.NoRoom(full.Message));
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
            EndToBeMadeAnew(full, new TransferSignals.NoRoom(full.Message));
            Refuse(message, full);
            return true;
        }
        catch (DiskLostException lost)
        {
            EndToBeMadeAnew(lost, new TransferSignals.DiskLost(lost.Message, lost.HasHeld));
            return true;
        }
    }

    /// <summary>For the other side, which may wait for this one.</summary>
    protected virtual void OnMadeAnew(string reason) { }

    // Not stopped at once: with what it has been told and not heard yet streams would be lost, which stay open there and are sent on.
    private void EndToBeMadeAnew(Exception reason, object signal)
    {
        OnMadeAnew(reason.Message);
        Context.Parent.Tell(signal);
        Become(() =>
        {
            Receive<TransferSignals.End>(_ => Context.Stop(Self));
            Receive<TransferSignals.StreamReady>(m => _ = Goodbye.EndAsync(m.Stream, Context.System.Scheduler));
            Receive<TransferSignals.ControlArrived>(m => m.Handled?.Invoke());
            Receive<ReceivingStreamActor.FrameArrived>(m => m.Frame.Dispose());
            ReceiveAny(m => Refuse(m, reason));
        });
    }

    // A person's order is not kept: he is to give it again.
    private void Refuse(object message, Exception reason)
    {
        if (message is TransferSignals.Cancel or TransferSignals.Pause or TransferSignals.Answer)
            Sender.Tell(new Status.Failure(reason));
    }
}
