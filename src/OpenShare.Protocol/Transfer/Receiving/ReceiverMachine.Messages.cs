using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>What the sender says to the receiver.</summary>
public sealed partial class ReceiverMachine
{
    private void OnReceived(Control message)
    {
        if (!_linkUp || TransferMessages.TransferOf(message) != _setup.Transfer)
            return;
        _silentSince = null;
        switch (message.KindCase)
        {
            case Control.KindOneofCase.ManifestOffer: OnOffer(message.ManifestOffer.Page); break;
            case Control.KindOneofCase.TransferResumed: OnResumed(message.TransferResumed); break;
            case Control.KindOneofCase.EntryChanged: OnEntryChanged(message.EntryChanged.Notice); break;
            case Control.KindOneofCase.TransferPaused: IsPausedThere = message.TransferPaused.Paused; break;
            case Control.KindOneofCase.TransferCancelled: OnCancelledThere(message.TransferCancelled.Reason); break;
            case Control.KindOneofCase.ReceiptConfirmed when State == ReceiverState.Delivering: SetState(ReceiverState.Completed); break;
        }
    }

    private void OnOffer(Signed? blob)
    {
        if (State > ReceiverState.Completed)
            SayLastWord();
        // With a receipt at hand there is nothing more to list; a sender that wants the receipt resumes.
        if (State >= ReceiverState.Delivering)
            return;
        switch (_reader.Read(blob ?? new Signed()))
        {
            case PageReading.Accepted { Page: var page }:
                OnPage(page, blob!);
                break;
            case PageReading.Repeated { Index: var index } when IsAccepted && _ledger.IsStored(index):
                SendMissing(Manifest!.Pages[index]);
                break;
            case PageReading.Repeated when IsAsked:
                SayAsked();
                break;
            case PageReading.Ahead when _askedForPage != _reader.NextPage:
                _askedForPage = _reader.NextPage;
                Send(TransferMessages.Wanted(_setup.Transfer, _reader.NextPage));
                break;
            case PageReading.Refused { Refusal: var refusal }:
                Fail(refusal.Message);
                break;
        }
    }

    private void OnPage(ManifestPage page, Signed blob)
    {
        if (State <= ReceiverState.Deciding && page.Index >= _setup.Tuning.PageWindow)
        {
            Fail("the sender did not wait for its offer to be answered");
            return;
        }
        Claim(page);
        if (IsTooMuch)
        {
            RefuseTooMuch();
            return;
        }
        LeaveOutAbandoned(page);
        if (State == ReceiverState.AwaitingOffer)
            SetState(ReceiverState.Deciding);
        Emit(new ReceiverEffect.PersistPage(page, blob));
        if (page.Index == 0)
            AskForDecision();
    }

    private void OnResumed(TransferResumed message)
    {
        if (State > ReceiverState.Completed)
            SayLastWord();
        else if (Manifest is not null && !message.ManifestId.Span.SequenceEqual(Manifest.Id.ToBytes()))
            Fail("the sender resumed this transfer with another file list");
        else if (Receipt is not null)
            Deliver();
        else
            SayWhatIsMissing();
    }

    private void SayWhatIsMissing()
    {
        // Before what would have it send on.
        if (IsPausedHere)
            Send(TransferMessages.Paused(_setup.Transfer, isPaused: true));
        if (Stalled is not null)
            SayStalled();
        _askedForPage = _reader.NextPage;
        Send(TransferMessages.Wanted(_setup.Transfer, _reader.NextPage));
        if (IsAsked)
            SayAsked();
        foreach (var page in (Manifest?.Pages ?? []).Where(p => IsAccepted && _ledger.IsStored(p.Index)))
            SendMissing(page);
    }

    private void OnEntryChanged(Signed? notice)
    {
        // From Settling on it is too late: what is put in place is what was announced, chunk by chunk.
        if (State is not (ReceiverState.Deciding or ReceiverState.Receiving))
            return;
        try
        {
            var change = EntryChange.Read(notice ?? new Signed(), _setup.SenderKey, Manifest!.Id);
            if (change.EntryNumber >= Manifest.Entries.Count || _withdrawn.ContainsKey(change.EntryNumber))
                return;
            Emit(new ReceiverEffect.PersistWithdrawal(change.EntryNumber, change.Reason));
            Withdraw(change.EntryNumber, change.Reason);
        }
        catch (ProtocolException error)
        {
            Fail(error.Message);
            return;
        }
        SettleWhenWhole();
    }

    private void OnCancelledThere(string reason)
    {
        if (State == ReceiverState.Delivering)
            SetState(ReceiverState.Completed);
        else if (State < ReceiverState.Placing)
            End(ReceiverState.Cancelled, reason, tellSender: false);
    }
}
