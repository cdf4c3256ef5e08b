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
