using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>Frames of chunks: let in once their pages are stored, acknowledged once written.</summary>
public sealed partial class ReceiverMachine
{
    private void OnFrame(long stream, ChunkFrame head)
    {
        if (IsOver || !_gate.Knows(stream))
            return;
        if (_gate.IsOccupied(stream) || !IsFrame(head))
            Fail("the sender sent chunks that are not of this transfer");
        else
            Admit(stream, head);
    }

    private void OnWritten(IReadOnlyList<long> ordinals, IReadOnlyList<long> copied)
    {
        if (IsOver || Manifest is null)
            return;
        foreach (var ordinal in ordinals)
        {
            if (_ledger.IsMissing(ordinal))
                _ledger.Hold(ordinal, Manifest.LengthOf(ordinal));
        }
        foreach (var ordinal in copied)
            _ledger.Reuse(ordinal, Manifest.LengthOf(ordinal));
        OnDiskFreed(isSure: false);
        Send(TransferMessages.Acknowledged(_setup.Transfer, ChunkRanges.Pack(ordinals)));
        SettleWhenWhole();
    }

    private void OnLost(IReadOnlyList<long> ordinals)
    {
        if (State is not (ReceiverState.Receiving or ReceiverState.Settling))
            return;
        var pages = new SortedSet<int>();
        foreach (var ordinal in ordinals.Where(o => _ledger.Lose(o, Manifest!.LengthOf(o))))
            pages.Add(Manifest!.PageOf(ordinal).Index);
        if (pages.Count > 0 && State == ReceiverState.Settling)
        {
            // If it was a full disk that this waited for, nothing waits any more.
            OnDiskFreed(isSure: true);
            SetState(ReceiverState.Receiving);
        }
        // Refused while it was put in place, and then not all of it was here.
        if (_refusal is { } refusal)
            OnLinkRefused(refusal);
        foreach (var page in pages)
            SendMissing(Manifest!.Pages[page]);
        // With nothing lost that is wanted still, what is there is settled after all.
        if (pages.Count == 0 && State == ReceiverState.Settling)
            Emit(new ReceiverEffect.SettleEntries(_ledger.LeftOut));
    }

    private void OnMismatched(long ordinal)
    {
        if (!_ledger.IsMissing(ordinal))
            return;
        // The sender gives a file up after a few refusals; one that never does will not keep us busy.
        if ((_mismatches[ordinal] = _mismatches.GetValueOrDefault(ordinal) + 1) > 2 * _setup.Tuning.Refusals)
            Fail($"'{Printable.Shorten(Manifest!.EntryOf(ordinal).Path.Value, 120)}' keeps arriving damaged");
        else
            Send(TransferMessages.Refused(_setup.Transfer, ordinal));
    }

    // Before its pages are known a frame can only be judged by the limits of all frames.
    private bool IsFrame(ChunkFrame head)
    {
        var bytes = head.Chunks.Sum(c => (long)c.Length);
        var known = Manifest is { IsComplete: true } ? Manifest.ChunkCount : Limits.ManifestChunks;
        return head.Chunks.Count is > 0 and <= Limits.FrameChunks && bytes <= Limits.FrameBytes
            && head.Chunks.All(c => c.Ordinal < (ulong)known)
            && head.Chunks.Select(c => c.Ordinal).Distinct().Count() == head.Chunks.Count;
    }

    private void Admit(long stream, ChunkFrame head)
    {
        if (!IsAccepted || !head.Chunks.All(c => c.Ordinal < (ulong)Manifest!.ChunkCount && _ledger.IsStored(Manifest.PageOf((long)c.Ordinal).Index)))
        {
            _gate.Park(stream, head);
            return;
        }
        var chunks = head.Chunks.Select(c => Manifest!.Locate((long)c.Ordinal)).Select(l => new IncomingChunk(l, _ledger.IsMissing(l.Ordinal)) { Copies = CopiesOf(l) }).ToList();
        if (!head.Chunks.Zip(chunks).All(pair => pair.First.Length == pair.Second.Location.Length))
        {
            Fail("the sender sent chunks of another length than it announced");
            return;
        }
        _travelled += chunks.Sum(c => (long)c.Location.Length);
        _chunksTravelled += chunks.Count;
        Emit(new ReceiverEffect.ReceiveFrame(stream, chunks));
        if (chunks.Any(c => !c.Keep))
            Send(TransferMessages.Acknowledged(_setup.Transfer, ChunkRanges.Pack(chunks.Where(c => !c.Keep).Select(c => c.Location.Ordinal))));
    }

    private void AdmitWaiting()
    {
        foreach (var (stream, head) in _gate.TakeAll())
            OnFrame(stream, head);
    }
}
