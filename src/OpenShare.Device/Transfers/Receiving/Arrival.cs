using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;
using ChunkMap = OpenShare.Protocol.Transfer.Chunks.ChunkMap;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>A receiving transfer that is not over, as it is found on disk at the start of a session: new, or where an earlier process left it.</summary>
/// <param name="Unwritten">of the pages that are kept</param>
/// <param name="Unsynced">entries of which more is trusted than outlives a loss of power</param>
internal sealed record Arrival(
    IDestination Destination, HeldChunks Held, StandingFiles Standing, UnwrittenFiles Unwritten, ChunkMap Unsynced, ReceiverRecord? Kept)
{
    /// <summary>Opens the staging place and finds out what of it can be trusted. Blocks: for a worker.</summary>
    /// <returns>the caller's to dispose; where there is none, nothing is left open</returns>
    /// <exception cref="ProtocolException">what was kept does not hold together</exception>
    internal static DiskResult<Arrival> Open(TransferScope scope, PublicKey senderKey)
    {
        var opened = scope.Disk.OpenDestination(scope.Record.Destination, scope.Key.Peer, scope.Key.Transfer, scope.Record.BegunIn);
        if (opened.Value is not { } destination)
            return new DiskResult<Arrival>(new DiskResult(opened.Problem, opened.Detail));
        DiskResult<Arrival> found = default;
        try
        {
            return found = Read(scope, senderKey, destination);
        }
        finally
        {
            if (found.Value is null)
                destination.Dispose();
        }
    }

    private static DiskResult<Arrival> Read(TransferScope scope, PublicKey senderKey, IDestination destination)
    {
        var stores = scope.Stores;
        var held = new HeldChunks(stores.ChunkMaps, scope.No);
        var standing = new StandingFiles(destination);
        var unwritten = new UnwrittenFiles();
        var unsynced = new ChunkMap();
        if (StoredManifest.Read(stores.Manifests, scope.No, new ManifestReader(senderKey, scope.Key.Peer, scope.Identity.DeviceId)) is not var (pages, manifest))
            return new DiskResult<Arrival>(new Arrival(destination, held, standing, unwritten, unsynced, Kept: null));

        if (Trust(scope, destination, held, standing, unsynced, manifest) is { IsDone: false } failure)
            return new DiskResult<Arrival>(failure);
        var kept = KeptTransfer.Read(scope, pages, WithStanding(held, standing, manifest), receipt: null);
        if (kept.State is ReceiverState.Deciding or ReceiverState.Receiving)
            AddUnwritten(unwritten, standing, manifest, kept, destination.RoomTakenFrom);
        return new DiskResult<Arrival>(new Arrival(destination, held, standing, unwritten, unsynced, kept));
    }

    private static ChunkMap WithStanding(HeldChunks held, StandingFiles standing, Manifest manifest)
    {
        var map = held.ToMap(manifest);
        foreach (var range in standing.Found)
            map.Add(range);
        return map;
    }

    private static void AddUnwritten(UnwrittenFiles unwritten, StandingFiles standing, Manifest manifest, ReceiverRecord kept, long roomTakenFrom)
    {
        var leftOut = kept.Withdrawn.Keys.Concat(kept.Refused.Select(r => r.EntryNumber)).ToHashSet();
        foreach (var file in manifest.Entries.Where(e => !e.Abandoned && !leftOut.Contains(e.Number) && !standing.IsSame(e.Number)))
        {
            unwritten.Add(file, roomTakenFrom);
        }
        foreach (var page in manifest.Pages)
        {
            unwritten.List(page);
            foreach (var chunk in page.Parts.SelectMany(page.ChunksOf).Where(c => kept.Held.Contains(c.Ordinal)))
                unwritten.Write(chunk);
        }
    }

    private static DiskResult Trust(
        TransferScope scope, IDestination destination, HeldChunks held, StandingFiles standing, ChunkMap unsynced, Manifest manifest)
    {
        // After the names were chosen nothing is prepared any more: preparing would make anew what was renamed away.
        if (scope.Stores.Outcomes.Names(scope.No).Count > 0)
        {
            // All was synced before, so that what is only noted as written outlived whatever came between.
            foreach (var map in MapsOf(held, manifest))
                held.Load((int)map.Page, map.Written);
            return DiskResult.Done;
        }
        // What is left out is not made again, and takes no room; nor is what stands in its place already.
        var leftOut = scope.Stores.Outcomes.All(scope.No).Select(o => o.EntryNo).Concat(manifest.Entries.Where(e => e.Abandoned).Select(e => e.Number)).ToHashSet();
        var looks = manifest.Pages.Select(page => standing.Look(page, scope.PolicyFor(manifest), leftOut)).ToList();
        scope.Stores.Outcomes.Save(scope.No, [.. looks.SelectMany(l => l.NotStored).Select(Outcomes.Of)]);
        var entries = looks.SelectMany(l => l.ToPrepare).ToList();
        // Before, so that a process killed in between leaves no map to the next that takes the zeros of a new file for what arrived.
        held.Forget(manifest, destination.FindMissing(
            manifest.Entries.Where(e => e.Kind == EntryKind.EntryFile && !leftOut.Contains(e.Number)).Select(DestinationEntries.From)));
        var prepared = destination.Prepare(entries);
        // And what somebody removed in this very moment.
        held.Forget(manifest, prepared.MadeAnew);
        if (!prepared.Result.IsDone)
            return prepared.Result;
        var zeros = new ChunkReuse(index: null, destination, standing);
        foreach (var map in MapsOf(held, manifest))
        {
            var again = WriteAgain(destination, leftOut, manifest, map, out var written);
            if (!again.IsDone)
                return again;
            AddHoles(zeros, leftOut, manifest, map, written);
            if (written.AsSpan().SequenceEqual(map.Written))
                held.Load((int)map.Page, written);
            else
                held.Keep((int)map.Page, written);
            // Of a page the next checkpoint calls all durable that is written: the process that wrote this synced nothing any more.
            var first = manifest.Pages[(int)map.Page].FirstOrdinal;
            foreach (var i in ChunkBits.Set(ChunkBits.Except(written, map.Durable)))
            {
                held.Doubt((int)map.Page);
                unsynced.Add(manifest.EntryOf(first + i).Number);
            }
        }
        return DiskResult.Done;
    }

    // A worker of an earlier session may end with one page more, just now: it is offered again.
    private static IEnumerable<Storage.Database.ChunkMap> MapsOf(HeldChunks held, Manifest manifest) =>
        held.Kept().Where(m => m.Page < manifest.Pages.Count);

    // What no sync covered may never have got to the disk, and the word of that may have gone to a session that is no more, or to a mount or a boot.
    private static DiskResult WriteAgain(
        IDestination destination, IReadOnlyCollection<uint> leftOut, Manifest manifest, Storage.Database.ChunkMap map, out byte[] written)
    {
        written = (byte[])map.Durable.Clone();
        var page = manifest.Pages[(int)map.Page];
        foreach (var i in ChunkBits.Set(ChunkBits.Except(map.Written, map.Durable)))
        {
            var chunk = manifest.Locate(page.FirstOrdinal + i);
            // A hole is made again for nothing.
            if (ZeroChunk.Is(chunk) || leftOut.Contains(chunk.Entry.Number))
                continue;
            var again = FrameWriting.Again(chunk, destination);
            // A place that cannot be read is written anew; a disk that does not answer is waited for.
            if (again.IsWaitedFor && !(again.Problem is DiskProblem.Lost && destination.Sync([]).IsDone))
                return again;
            if (again.IsDone)
                ChunkBits.Add(written, i);
        }
        return DiskResult.Done;
    }

    // It may have been killed when it had the page, and not its holes yet: asked for, they would come as zeros that take room.
    private static void AddHoles(ChunkReuse zeros, IReadOnlyCollection<uint> leftOut, Manifest manifest, Storage.Database.ChunkMap map, byte[] written)
    {
        var page = manifest.Pages[(int)map.Page];
        var found = ChunkRanges.Pack(ChunkBits.Set(written).Select(i => page.FirstOrdinal + i));
        foreach (var hole in zeros.Copy(page, found, leftOut))
            ChunkBits.Add(written, (int)(hole.Ordinal - page.FirstOrdinal));
    }
}
