using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer;

/// <summary>
/// What is being sent: the verified pages so far, in order. Chunks are numbered through the whole manifest; that
/// number is the chunk's ordinal. Only verified pages get in (see <see cref="ManifestReader"/>).
/// </summary>
public sealed class Manifest
{
    private readonly List<ManifestPage> _pages = [];
    private readonly List<TransferEntry> _entries = [];

    internal Manifest(ManifestId id, Identity.DeviceId sender, Identity.DeviceId receiver, ConflictPolicy conflict)
    {
        Conflict = conflict;
        Id = id;
        Sender = sender;
        Receiver = receiver;
    }

    public ManifestId Id { get; }

    public Identity.DeviceId Sender { get; }

    public Identity.DeviceId Receiver { get; }

    /// <summary>What the sender wishes where a name is taken.</summary>
    public ConflictPolicy Conflict { get; }

    public IReadOnlyList<ManifestPage> Pages => _pages;

    public IReadOnlyList<TransferEntry> Entries => _entries;

    /// <summary>Chunks listed so far.</summary>
    public long ChunkCount { get; private set; }

    /// <summary>Bytes of the chunks listed so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the files listed so far, also of those whose chunks are not all listed yet. Capped at <see cref="long.MaxValue"/>.</summary>
    public long ClaimedBytes => ClaimedSizes.Sum(_entries.Select(e => e.Size));

    /// <summary>True once the last page is there.</summary>
    public bool IsComplete => _pages.Count > 0 && _pages[^1].IsLast;

    /// <summary>The text that is sent, where that is all there is.</summary>
    public TransferEntry? Text => IsComplete && _entries is [{ IsText: true } text] ? text : null;

    /// <summary>The file whose chunks go on in the next page, if one does.</summary>
    public TransferEntry? Unfinished => _entries.Count > 0 && _entries[^1] is { IsComplete: false, Abandoned: false } last ? last : null;

    /// <exception cref="ArgumentOutOfRangeException">no such chunk is listed so far</exception>
    public ChunkLocation Locate(long ordinal) => PageOf(ordinal).Locate(ordinal);

    public int LengthOf(long ordinal) => PageOf(ordinal).LengthOf(ordinal);

    public ReadOnlyMemory<byte> Sha256Of(long ordinal) => PageOf(ordinal).Sha256Of(ordinal);

    public TransferEntry EntryOf(long ordinal) => PageOf(ordinal).EntryOf(ordinal);

    public ManifestPage PageOf(long ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, ChunkCount);
        int low = 0, high = _pages.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_pages[middle].FirstOrdinal <= ordinal)
                low = middle;
            else
                high = middle - 1;
        }
        return _pages[low];
    }

    internal void Append(ManifestPage page)
    {
        _pages.Add(page);
        _entries.AddRange(page.Parts.Where(p => !p.Continued).Select(p => p.Entry));
        ChunkCount += page.ChunkCount;
        Bytes += page.Bytes;
    }
}
