using System.Buffers.Binary;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Contents;

/// <summary>
/// What of the account's files this device has, and where: those it received and those it sent. It is told of them once
/// they are delivered. Calls block: for a worker.
/// </summary>
internal sealed class ContentIndex(IContentStore store, IDisk disk, AccountId account)
{
    /// <summary>A smaller file is sent as quickly as it is looked up.</summary>
    internal const long SmallestFile = 64 * 1024;

    // 64 GiB of a file: of a larger one only its beginning is known again.
    private const int MostChunksOfFile = 64 * 1024;

    private const int ChunksAtOnce = 4096;
    private const int FilesAtOnce = 256;

    internal static bool IsKept(TransferEntry entry) =>
        entry is { Kind: EntryKind.EntryFile, Size: >= SmallestFile, IsText: false, Abandoned: false };

    /// <summary>The files of a transfer that are to be known from now on.</summary>
    internal static IReadOnlyList<TransferEntry> Delivered(Receipt receipt, Manifest manifest) =>
    [
        .. receipt.Outcomes.Where(o => o.Outcome is EntryOutcome.Types.Outcome.Delivered)
            .SelectMany(o => Enumerable.Range((int)o.EntryNo, (int)o.Count)).Select(n => manifest.Entries[n]).Where(IsKept),
    ];

    /// <param name="hashes">the <see cref="Start"/> of each</param>
    /// <returns>those that may be here</returns>
    internal IReadOnlySet<long> Known(IReadOnlyCollection<long> hashes) =>
        hashes.Count == 0 ? new HashSet<long>() : Ask(() => store.Known(account, hashes), new HashSet<long>());

    /// <summary>What this device sent or received under this path.</summary>
    internal ContentFile? At(string path) => Ask(() => store.At(account, path), null);

    /// <summary>Whether a file of this size was cut by its content: one that is the same has to be cut alike.</summary>
    internal bool HasContentCut(long size) => Ask(() => store.HasContentCut(account, size), false);

    /// <summary>The newest file of this name, if it is there still.</summary>
    internal ContentFile? Named(string name) => Ask(() => store.Named(account, name), null);

    /// <summary>Fills the buffer from the first place that has the bytes of this hash. What is found to be wrong is forgotten.</summary>
    /// <param name="isWanted">whether the bytes that were read are those</param>
    internal bool TryRead(ChunkLocation chunk, Memory<byte> into, Predicate<ReadOnlyMemory<byte>> isWanted)
    {
        foreach (var place in Ask(() => store.Find(account, Start(chunk.Sha256.Span), chunk.Length), []))
        {
            var read = disk.ReadMarked(place.File.Path, place.File.Key, place.Chunk.Offset, into);
            if (read.IsDone && isWanted(into))
                return true;
            Forget(() =>
            {
                if (read.IsDone || read.Problem is DiskProblem.Changed)
                    store.Forget(place);
                else
                    store.Forget(place.File);
            });
        }
        return false;
    }

    internal bool TryRead(ContentFile file, long offset, Memory<byte> into) => disk.ReadMarked(file.Path, file.Key, offset, into).IsDone;

    /// <summary>These files are there, whole.</summary>
    internal void Add(Manifest manifest, IEnumerable<(TransferEntry Entry, string Path)> files)
    {
        var (batch, chunks) = (new List<(ContentFile, IReadOnlyList<ContentChunk>)>(), 0);
        foreach (var (entry, path) in files)
        {
            if (disk.Mark(path) is not { } mark || mark.Size != entry.Size)
                continue;
            IReadOnlyList<ContentChunk> all = [.. ChunksOf(manifest, entry).Take(MostChunksOfFile)];
            batch.Add((new ContentFile(path, mark.Key, entry.Size, entry.MtimeNs, entry.IsContentCut), all));
            if ((chunks += all.Count) < ChunksAtOnce && batch.Count < FilesAtOnce)
                continue;
            store.Save(account, batch);
            (batch, chunks) = ([], 0);
        }
        if (batch.Count > 0)
            store.Save(account, batch);
    }

    private static IEnumerable<ContentChunk> ChunksOf(Manifest manifest, TransferEntry entry)
    {
        var (offset, end) = (0L, entry.Chunks.End);
        for (var ordinal = entry.FirstOrdinal; ordinal < end; ordinal++)
        {
            var (sha256, length) = (manifest.Sha256Of(ordinal), manifest.LengthOf(ordinal));
            // Zeros everybody has.
            if (!ZeroChunk.Is(sha256.Span, length))
                yield return new ContentChunk(Start(sha256.Span), offset, length);
            offset += length;
        }
    }

    // Nothing hangs on it: where the disk is full it is found wrong again.
    private static void Forget(Action forget)
    {
        try
        {
            forget();
        }
        catch (StorageException)
        {
        }
    }

    // A database that does not answer knows nothing: then everything travels, as it did without this index.
    private static T Ask<T>(Func<T> question, T nothing)
    {
        try
        {
            return question();
        }
        catch (StorageException)
        {
            return nothing;
        }
    }

    /// <summary>The first 8 bytes of a hash: what a chunk is looked up by.</summary>
    internal static long Start(ReadOnlySpan<byte> sha256) => BinaryPrimitives.ReadInt64BigEndian(sha256);
}
