using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;
using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;

namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>What the receiver says to the sender.</summary>
public sealed partial class SenderMachine
{
    private void OnReceived(Control message)
    {
        if (!_linkUp || TransferMessages.TransferOf(message) != _setup.Transfer)
            return;
        _heardAt = _now;
        if (message.KindCase == Control.KindOneofCase.Receipt)
            OnReceipt(message.Receipt.Receipt);
        if (IsOver)
            return;
        switch (message.KindCase)
        {
            case Control.KindOneofCase.TransferAnswer: OnAnswer(message.TransferAnswer); break;
            case Control.KindOneofCase.PageWanted: OnPageWanted(message.PageWanted.PageIndex); break;
            case Control.KindOneofCase.ChunksMissing: OnMissing(message.ChunksMissing); break;
            case Control.KindOneofCase.ChunksAcknowledged: OnAcknowledged(message.ChunksAcknowledged); break;
            case Control.KindOneofCase.ChunkRefused: OnRefused(message.ChunkRefused.Ordinal); break;
            case Control.KindOneofCase.TransferPaused: IsPausedThere = message.TransferPaused.Paused; break;
            case Control.KindOneofCase.TransferStalled: OnStalled(message.TransferStalled.Stalled ? Printable.Shorten(message.TransferStalled.Detail) : null); break;
            case Control.KindOneofCase.TransferCancelled: End(SenderState.Cancelled, message.TransferCancelled.Reason, tellReceiver: false); break;
        }
    }

    private void OnAnswer(TransferAnswer answer)
    {
        if (answer.Answer == Answer.Accepted && State == SenderState.Offering && _offered)
            OnAccepted();
        else if (answer.Answer == Answer.Asked && State == SenderState.Offering && _offered)
            OnAsked();
        else if (answer.Answer == Answer.Declined)
            End(SenderState.Declined, answer.Detail, tellReceiver: false);
        else if (answer.Answer == Answer.Failed)
            End(SenderState.Failed, answer.Detail, tellReceiver: false);
    }

    private void OnAccepted()
    {
        SetState(SenderState.Sending);
        if (!IsAsked)
            return;
        IsAsked = false;
        AskForStreams();
    }

    // Its streams are closed, or are about to be: new ones are asked for with the answer.
    private void OnAsked()
    {
        if (IsAsked)
            return;
        IsAsked = true;
        _reopenAt = null;
        SetState(SenderState.Offering);
    }

    private void OnPageWanted(uint page)
    {
        if (page > _reader.NextPage)
        {
            Fail("the receiver asked for a page of the file list that does not exist");
            return;
        }
        _awaitingResume = false;
        _nextPage = (int)page;
        _answered = Math.Min(_answered, _nextPage);
        foreach (var change in _withdrawn.Values.Where(c => Manifest!.Entries[(int)c.EntryNumber].Page < _nextPage))
            Send(TransferMessages.Changed(_setup.Transfer, change));
    }

    private void OnMissing(ChunksMissing message)
    {
        if (message.PageIndex >= _reader.NextPage
            || Manifest!.Pages[(int)message.PageIndex] is var page && !ChunkRanges.TryRead(message.Missing, page.FirstOrdinal, page.Chunks.End, out var missing))
        {
            Fail("the receiver's list of missing chunks is not one of this transfer");
            return;
        }
        if (State == SenderState.Offering)
            OnAccepted();
        _answered = Math.Max(_answered, page.Index + 1);
        _ledger.Miss(Manifest, page, missing);
    }

    private void OnAcknowledged(ChunksAcknowledged message)
    {
        if (!ChunkRanges.TryRead(message.Chunks, 0, Manifest?.ChunkCount ?? 0, out var ranges))
        {
            Fail("the receiver acknowledged chunks that do not exist");
            return;
        }
        foreach (var range in ranges)
        {
            for (var ordinal = range.First; ordinal < range.End; ordinal++)
                _window.Hear(ordinal, _now, _setup.Tuning.SilentPatience);
        }
        GiveUp(_window.Silent);
        ranges.ForEach(range => _ledger.Acknowledge(Manifest!, range));
    }

    private void OnRefused(ulong ordinal)
    {
        if (ordinal >= (ulong)(Manifest?.ChunkCount ?? 0))
        {
            Fail("the receiver refused a chunk that does not exist");
            return;
        }
        var chunk = (long)ordinal;
        _window.Hear(chunk, _now, _setup.Tuning.SilentPatience);
        if (!_window.Settle(chunk))
            return;
        var times = _refusals[chunk] = _refusals.GetValueOrDefault(chunk) + 1;
        if (times >= _setup.Tuning.Refusals)
            OnEntryChanged(Manifest!.EntryOf(chunk).Number, "its content is no longer what was announced");
        else
            _ledger.Requeue(Manifest!, [chunk]);
    }

    private void OnReceipt(FinalReceipt? blob)
    {
        if (State == SenderState.Declined)
        {
            SayLastWord();
            return;
        }
        var verdict = blob is null || Manifest is null
            ? new ReceiptVerdict.Refused(ReceiptRefusalKind.Damaged, "The receipt came without its contents or before the files.")
            : ReceiptVerifier.Verify(blob, _setup.Trust, Manifest, _withdrawn.ContainsKey);
        if (State == SenderState.Completed)
        {
            // The file list of one that ended long ago may not be kept any more.
            if (verdict is ReceiptVerdict.Genuine || (blob is not null && blob.Equals(_receipt?.Blob)))
                Send(TransferMessages.Confirmed(_setup.Transfer));
        }
        else if (verdict is ReceiptVerdict.Refused && IsOver)
        {
            SayLastWord();
        }
        else if (verdict is ReceiptVerdict.Refused refused)
        {
            Fail(refused.Message);
        }
        // Also where it was cancelled here meanwhile: that came too late, and the files are there.
        else if (verdict is ReceiptVerdict.Genuine genuine && _receipt is null)
        {
            _receipt = genuine.Receipt;
            Emit(new SenderEffect.PersistReceipt(genuine.Receipt));
        }
    }
}
