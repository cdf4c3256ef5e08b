using Akka.Event;
using OpenShare.Device.Channel;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Transfer.Sending;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>What the streams go over: looked at while a link is up, as <see cref="CarrierChoice"/> decides.</summary>
internal sealed partial class SendingActor
{
    private sealed record LookDue;

    private readonly SortedDictionary<uint, SecureStream> _open = [];
    private readonly CarrierChoice _choice;

    private void BeginLooking()
    {
        _choice.HandleLink(LinkCarrier);
        Drive(new SenderInput.CarrierChosen(_choice.Carrier));
        if (_choice.IsOpen)
            Timers.StartPeriodicTimer("look", new LookDue(), Scope.Context.CarrierTuning.LookEvery);
    }

    private void OnLookDue()
    {
        if (_machine.IsOver)
        {
            Timers.Cancel("look");
            return;
        }
        var facts = new CarrierFacts(
            _machine.Progress.BytesDone - _machine.Progress.BytesReused, _machine.IsPushing, _open.Values.Any(s => s.IsHeldBackByLoss), _open.Values.Count(s => s.Carrier == Carrier.Quic));
        var before = _choice.Carrier;
        if (_choice.Look(facts, Steady) != before)
            Log.Info("The streams of transfer {0} go over {1} from now on", Id, _choice.Carrier);
        Drive(new SenderInput.CarrierChosen(_choice.Carrier));
    }
}
