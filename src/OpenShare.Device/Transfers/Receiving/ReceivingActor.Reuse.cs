using Akka.Actor;
using OpenShare.Device.Storage;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>What of the files this device has elsewhere, and what it will have once this transfer is delivered.</summary>
internal sealed partial class ReceivingActor
{
    // Null: nothing is used, and nothing kept, of what this peer sends.
    private ContentIndex? _contents;
    private ChunkReuse? _reuse;

    // Written and hashed already. What finds no room to be noted travels.
    private List<ChunkRange> NoteReused(IReadOnlyList<ChunkLocation> copied)
    {
        if (copied.Count == 0 || _machine!.IsOver)
            return [];
        try
        {
            _arrival!.Held.Write(_machine.Manifest!, copied);
        }
        catch (StorageFullException)
        {
            return [];
        }
        AddUnsynced(copied);
        CheckpointSoon();
        return ChunkRanges.Pack(copied.Select(c => c.Ordinal));
    }

    // What arrived before the page was told of. What arrives while that is copied is looked at again: from then on the page is known,
    // and what arrives is written wherever it occurs.
    private void CopyRepeated(ManifestPage page, IReadOnlyList<ChunkRange> held, IReadOnlyList<EntryNote.NotStored> notStored, HashSet<long> tried)
    {
        var leftOut = notStored.Select(n => n.EntryNumber).ToHashSet();
        var repeated = _machine!.IsOver ? [] : _machine.RepeatedOn(page)
            .Where(r => !leftOut.Contains(r.Missing.Entry.Number) && !held.Any(h => h.First <= r.Missing.Ordinal && r.Missing.Ordinal < h.End))
            .Where(r => tried.Add(r.Missing.Ordinal)).ToList();
        if (repeated.Count == 0)
        {
            NextPage();
            Drive(new ReceiverInput.PageStored(page.Index, held, notStored));
            return;
        }
        DiskJob(
            () =>
            {
                var copied = _reuse!.Copy(repeated);
                return () => CopyRepeated(page, [.. held, .. NoteReused(copied)], notStored, tried);
            },
            besideFrames: true);
    }

    // Before what was written is acknowledged: else what is equal to it would travel.
    private void CopyRepeated(FrameResult result, IReadOnlyList<RepeatedChunk> repeated)
    {
        var reuse = _reuse!;
        Scope.Context.Workers.Run(() => reuse.Copy(repeated)).PipeTo(
            Self, success: copied => new FrameWritten(result.With(copied)), failure: _ => new FrameWritten(result.With([])));
    }

    private Func<RelativePath, string> Places()
    {
        var names = Scope.Stores.Outcomes.Names(Scope.No).ToDictionary(n => n.Top, n => n.Name);
        return path => Path.Combine(Scope.Record.Destination, PlaceOf(path, names));
    }

    private static string PlaceOf(RelativePath path, Dictionary<string, string> names)
    {
        var top = Storage.Disk.EntryPath.Top(path.Value);
        return names.GetValueOrDefault(top, top) + path.Value[top.Length..];
    }
}
