using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receiving;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>Frames: verified and written side by side, and made durable by checkpoints.</summary>
internal sealed partial class ReceivingActor
{
    private sealed record FrameWritten(FrameResult Result) : INoSerializationVerificationNeeded;

    private sealed record Synced(IReadOnlyCollection<(uint Page, byte[] Durable)> Maps, DiskResult Result) : INoSerializationVerificationNeeded;

    private sealed record CheckpointDue;

    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(2);
    private const long CheckpointBytes = 64L * 1024 * 1024;

    private void OnFrameArrived(ReceivingStreamActor.FrameArrived arrived)
    {
        if (StreamOf(arrived.StreamId) is null)
        {
            arrived.Frame.Dispose();
            return;
        }
        if (_machine is null)
        {
            _early.Add(arrived);
            return;
        }
        // One frame of a stream waits for the machine's word at a time; its successor (there is one credit more) waits behind it.
        if (_waiting.ContainsKey(arrived.StreamId))
        {
            _parked.Add(arrived.StreamId, arrived);
            return;
        }
        _waiting.Add(arrived.StreamId, arrived.Frame);
        Drive(new ReceiverInput.FrameArrived(arrived.StreamId, arrived.Frame.Head));
    }

    private void WriteFrame(uint streamId, IReadOnlyList<IncomingChunk> chunks)
    {
        if (!_waiting.Remove(streamId, out var frame))
            return;
        Write(streamId, frame, chunks);
        if (_parked.Remove(streamId, out var next))
            Self.Tell(next);
    }

    private void Write(uint streamId, InboundFrame frame, IReadOnlyList<IncomingChunk> chunks)
    {
        // It is over, and has nowhere to be written.
        if (_arrival is not { Destination: var destination })
        {
            frame.Dispose();
            return;
        }
        _writing++;
        Scope.Context.Workers.Run(() => FrameWriting.Run(streamId, frame, chunks, destination)).PipeTo(
            Self,
            success: result => new FrameWritten(result),
            failure: error => new FrameWritten(new FrameResult(streamId, [], [], new DiskResult(DiskProblem.Failed, error.Message))));
    }

    private void OnFrameWritten(FrameResult result)
    {
        if (!result.IsLookedAt && _machine!.RepeatedSince(result.Written) is { Count: > 0 } repeated)
        {
            CopyRepeated(result, repeated);
            return;
        }
        _writing--;
        if (result.Left is { } left)
            Keep(left, result.Problem.Detail);
        if (result.Written.Count > 0)
            NoteWritten(result);
        else
            GiveCredit(result);
        // What waited for the disk may have been withdrawn meanwhile: then nothing is written that would end the wait.
        if (result.Left is null && result.Problem.IsDone)
            Drive(new ReceiverInput.DiskFreed());
        foreach (var ordinal in result.Mismatched)
            Drive(new ReceiverInput.ChunkMismatched(ordinal));
        if (!result.Problem.IsDone && result.Left is null)
            FailOf(result.Problem);
        CheckpointSoon();
        NextDiskJob();
    }

    private void GiveCredit(FrameResult result)
    {
        if (result.Left is null)
            StreamOf(result.StreamId)?.Tell(ReceivingStreamActor.Credit.Instance);
    }

    private void NoteWritten(FrameResult result)
    {
        var written = result.Written;
        try
        {
            _arrival!.Held.Write(_machine!.Manifest!, written);
        }
        catch (StorageFullException full)
        {
            // What is not noted is not acknowledged, and its stream brings no more.
            Stick(full.Message, () => Self.Tell(new NoteAgain(result)));
            return;
        }
        GiveCredit(result);
        Scope.Context.Metrics.Done(TransferDirection.Receiving, written.Sum(c => (long)c.Length) - result.Copied.Sum(c => (long)c.Length));
        AddUnsynced(written);
        Drive(new ReceiverInput.ChunksWritten([.. written.Select(c => c.Ordinal)]) { Copied = [.. result.Copied.Select(c => c.Ordinal)] });
    }

    private void AddUnsynced(IReadOnlyList<ChunkLocation> written)
    {
        UseRoom(written.Sum(_arrival!.Unwritten.Write));
        foreach (var chunk in written)
        {
            _unsyncedFiles.Add(chunk.Entry.Number);
            // A hole is made again for nothing.
            _unsyncedBytes += ZeroChunk.Is(chunk) ? 0 : chunk.Length;
        }
    }

    // What an earlier process wrote and did not come to sync.
    private void SyncSoon(Arrival? arrival)
    {
        if (arrival is null || arrival.Unsynced.Count == 0)
            return;
        for (var number = arrival.Unsynced.Next(0, long.MaxValue); number >= 0; number = arrival.Unsynced.Next(number + 1, long.MaxValue))
            _unsyncedFiles.Add(number);
        CheckpointSoon();
    }

    private void CheckpointSoon()
    {
        if (_unsyncedBytes >= CheckpointBytes)
            Checkpoint();
        else if (_unsyncedFiles.Count > 0 && !Timers.IsTimerActive("checkpoint"))
            Timers.StartSingleTimer("checkpoint", new CheckpointDue(), CheckpointEvery);
    }

    private void Checkpoint()
    {
        // Once it is settled it is placed, and that syncs all: of two syncs side by side one would be told of what the other could not write.
        if (_syncing || _unsyncedFiles.Count == 0 || _machine!.State >= ReceiverState.Settling)
            return;
        _syncing = true;
        var (destination, files, maps) = (_arrival!.Destination, UnsyncedFiles(), _arrival.Held.TakeUnsynced());
        _unsyncedFiles.Clear();
        _unsyncedBytes = 0;
        var sync = Scope.Context.Workers.Run(() => destination.Sync(files));
        _sync = sync;
        sync.PipeTo(
            Self,
            success: result => new Synced(maps, result),
            failure: error => new Synced(maps, new DiskResult(DiskProblem.Failed, error.Message)));
    }

    // Made here: the list may grow while they are synced.
    private DestinationEntries UnsyncedFiles()
    {
        var files = new List<TransferEntry>((int)_unsyncedFiles.Count);
        for (var number = _unsyncedFiles.Next(0, long.MaxValue); number >= 0; number = _unsyncedFiles.Next(number + 1, long.MaxValue))
            files.Add(_machine!.Manifest!.Entries[(int)number]);
        return new DestinationEntries(files);
    }

    private void OnSynced(Synced synced)
    {
        _syncing = false;
        if (synced.Result.IsDone)
            SaveDurable(synced.Maps);
        else if (!_machine!.IsOver)
            Lose(synced.Result);
        // What was written meanwhile has asked for one in vain.
        CheckpointSoon();
        NextDiskJob();
    }

    private void SaveDurable(IReadOnlyCollection<(uint Page, byte[] Durable)> maps)
    {
        try
        {
            _arrival!.Held.SaveDurable(maps);
            _hasSynced = true;
        }
        catch (StorageFullException)
        {
            // The next checkpoint says so, or the end does.
            _arrival!.Held.Return(maps);
        }
    }
}
