using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>Whether what is offered is taken: the accept policy decides, or leaves it to a person.</summary>
public sealed partial class ReceiverMachine
{
    /// <summary>A person here is asked, and has not answered.</summary>
    public bool IsAsked { get; private set; }

    private void AskForDecision()
    {
        var first = Manifest!.Pages[0];
        var entries = first.Parts.Select(p => p.Entry).ToList();
        Emit(new ReceiverEffect.Decide(new OfferSummary(
            [.. entries.Select(e => e.Path.Top).Distinct()], entries.Count, first.NewBytes, first.IsLast)));
    }

    // A person takes his time, and chunks are not kept for one who may say no: there is no stream until he has answered.
    private void OnPersonAsked()
    {
        if (State != ReceiverState.Deciding || IsAsked)
            return;
        IsAsked = true;
        _gate.Clear();
        Emit(new ReceiverEffect.CloseStreams());
        SetState(ReceiverState.Deciding);
        SayAsked();
    }

    private void OnDecided(string? refusal)
    {
        // A no may come before the offer is heard anew after a restart.
        if (State != ReceiverState.Deciding && (State != ReceiverState.AwaitingOffer || refusal is null))
            return;
        IsAsked = false;
        if (refusal is not null)
        {
            End(ReceiverState.Declined, refusal, tellSender: true);
            return;
        }
        SetState(ReceiverState.Receiving);
        Send(TransferMessages.Answer(_setup.Transfer, Answer.Accepted, ""));
        foreach (var page in Manifest!.Pages.Where(p => _ledger.IsStored(p.Index)))
            SendMissing(page);
        AdmitWaiting();
        SettleWhenWhole();
    }

    private void SayAsked() => Send(TransferMessages.Answer(_setup.Transfer, Answer.Asked, ""));
}
