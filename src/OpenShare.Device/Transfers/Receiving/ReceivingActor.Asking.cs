using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer.Receiving;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// The accept policy. Where it leaves an offer to a person, nothing of it is stored before he has answered: its pages wait in
/// memory, and after a restart the sender tells them anew. What he answered is in the kept state.
/// </summary>
internal sealed partial class ReceivingActor
{
    private sealed record PersonAsked;

    private sealed record EarlyAnswer(bool IsAccepted, string? SaveTo, IActorRef Asker);

    private sealed record Moved(DiskResult<Arrival> Arrival) : INoSerializationVerificationNeeded;

    private bool _isAccepted;
    private Task<DiskResult<Arrival>>? _moving;

    private bool IsLeftToAPerson => Scope.Accept == AcceptPolicy.Ask && !_isAccepted && _machine!.State <= ReceiverState.Deciding;

    // Between two processes, or two links, the question stands, although its offer is to be heard again.
    private bool IsAsked => !_isAccepted && (_machine is null or { State: ReceiverState.AwaitingOffer }
        ? Scope.Record.State == TransferState.AwaitingAnswer
        : IsLeftToAPerson);

    // Told to oneself: the machine is not driven from within its own effects.
    private void Decide()
    {
        if (!_isAccepted && Scope.Accept == AcceptPolicy.None)
            Self.Tell(new Decided("The other device accepts no files just now."));
        else if (IsLeftToAPerson)
            Self.Tell(new PersonAsked());
        else if (_pages.Count == 0)
            Self.Tell(new Decided(Refusal: null));
        else
            _decisionWaits = true;
    }

    private void OnAnswer(bool isAccepted, string? saveTo, IActorRef asker)
    {
        if (_machine is null && _opening is not null)
        {
            _early.Add(new EarlyAnswer(isAccepted, saveTo, asker));
            return;
        }
        // Of two answers the first counts.
        var wasAsked = IsAsked;
        var view = !wasAsked ? CurrentView() : isAccepted ? Accept(saveTo) : Decline();
        Context.Parent.Tell(new TransferSignals.ViewChanged(view));
        asker.Tell(new OfferAnswered(view, wasAsked));
    }

    private TransferView Accept(string? saveTo)
    {
        _isAccepted = true;
        if (saveTo is not null && saveTo != Scope.Record.Destination)
        {
            Scope = Scope with { Record = Scope.Record.InDirectory(saveTo) };
            if (_arrival is not null)
                Move();
        }
        Scope.Stores.Transfers.Update(Scope.No, Record(TransferState.Transferring));
        if (_machine is { IsAsked: true })
            Take();
        return CurrentView();
    }

    // An answer may be there before the machine is told that somebody is asked.
    private void OnPersonAsked()
    {
        if (_isAccepted)
            Take();
        else
            Drive(new ReceiverInput.PersonAsked());
    }

    private void Take()
    {
        if (_pages.Count == 0)
        {
            Self.Tell(new Decided(Refusal: null));
            return;
        }
        _decisionWaits = true;
        LookAtPage();
    }

    private TransferView Decline()
    {
        if (_machine is not null)
        {
            Drive(new ReceiverInput.Decided(""));
            return CurrentView();
        }
        // No link was there yet: the next one wakes what is kept, to say it.
        Scope.Stores.Transfers.Update(Scope.No, Record(TransferState.Declined));
        Context.Stop(Self);
        return CurrentView() with { State = TransferState.Declined };
    }

    // Nothing is staged before there is an answer: another staging place is opened, and the empty one goes. Until then no page is looked at.
    private void Move()
    {
        var (scope, key) = (Scope, _senderKey!);
        _moving = scope.Context.Workers.Run(() => Arrival.Open(scope, key));
        _moving.PipeTo(
            Self,
            success: arrival => new Moved(arrival),
            failure: error => new Moved(new DiskResult<Arrival>(new DiskResult(DiskProblem.Failed, error.Message))));
    }

    private void OnMoved(DiskResult<Arrival> moved)
    {
        _moving = null;
        if (moved.Value is not { } arrival)
        {
            Fail(moved.Detail);
            return;
        }
        var old = _machine!.IsOver ? arrival.Destination : _arrival!.Destination;
        DiskJob(() =>
        {
            old.Discard();
            old.Dispose();
            return () => { };
        });
        if (_machine.IsOver)
            return;
        _arrival = arrival;
        BeginIn(arrival);
        _reuse = new ChunkReuse(_contents, arrival.Destination, arrival.Standing);
        if (_pages.Count > 0)
            LookAtPage();
    }
}
