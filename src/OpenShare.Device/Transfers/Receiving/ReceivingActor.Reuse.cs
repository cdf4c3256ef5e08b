using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Storage;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

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

    // Before the sender has the receipt: what he sends next may be the same.
    private void AddToContents(FinalReceipt receipt)
    {
        var (manifest, directory) = (_machine!.Manifest!, Scope.Record.Destination);
        var files = _contents is null ? [] : ContentIndex.Delivered(Receipt.Read(receipt), manifest);
        if (files.Count == 0)
            Self.Tell(new ReceiptKept());
        else
            Scope.Context.Workers.Run(Add).PipeTo(Self, success: kept => kept, failure: error => new NotKept(error.Message));

        ReceiptKept Add()
        {
            var names = Scope.Stores.Outcomes.Names(Scope.No).ToDictionary(n => n.Top, n => n.Name);
            _contents!.Add(manifest, files.Select(e => (e, Path.Combine(directory, PlaceOf(e.Path, names)))));
            return new ReceiptKept();
        }
    }

    // It is delivered all the same.
    private void OnNotKept(string reason)
    {
        Log.Warning("what {0} sent is not remembered: {1}", Peer, reason);
        Self.Tell(new ReceiptKept());
    }

    private static string PlaceOf(RelativePath path, Dictionary<string, string> names)
    {
        var top = Storage.Disk.EntryPath.Top(path.Value);
        return names.GetValueOrDefault(top, top) + path.Value[top.Length..];
    }
}
