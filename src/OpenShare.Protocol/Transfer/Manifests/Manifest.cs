using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>
/// What is being sent: the verified pages so far, in order. Chunks are numbered through the whole manifest; that
/// number is the chunk's ordinal. Only verified pages get in (see <see cref="ManifestReader"/>).
/// </summary>
public sealed class Manifest
{
    /// <summary>So many names are told of what is sent.</summary>
    public const int MostTops = 100;

    private readonly List<ManifestPage> _pages = [];
    private readonly List<string> _tops = [];

    internal Manifest(ManifestId id, Identity.DeviceId sender, Identity.DeviceId receiver, ConflictPolicy conflict)
    {
        Conflict = conflict;
        Id = id;
        Sender = sender;
        Receiver = receiver;
        Entries = new EntryList(_pages);
    }

    public ManifestId Id { get; }

    public Identity.DeviceId Sender { get; }

    public Identity.DeviceId Receiver { get; }

    /// <summary>What the sender wishes where a name is taken.</summary>
    public ConflictPolicy Conflict { get; }

    public IReadOnlyList<ManifestPage> Pages => _pages;

    public IReadOnlyList<TransferEntry> Entries { get; }

    /// <summary>The names under which a person sent it: the first <see cref="MostTops"/> of the entries listed so far that lie in no other.</summary>
    public IReadOnlyList<string> Tops => _tops;

    /// <summary>Chunks listed so far.</summary>
    public long ChunkCount { get; private set; }

    /// <summary>Bytes of the chunks listed so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the files listed so far, also of those whose chunks are not all listed yet. Capped at <see cref="long.MaxValue"/>.</summary>
    public long ClaimedBytes => ClaimedSizes.Sum(_pages.Select(p => p.NewBytes));

    /// <summary>True once the last page is there.</summary>
    public bool IsComplete => _pages.Count > 0 && _pages[^1].IsLast;

    /// <summary>The text that is sent, where that is all there is.</summary>
    public TransferEntry? Text => IsComplete && Entries is [{ IsText: true } text] ? text : null;

    /// <summary>The file whose chunks go on in the next page, if one does.</summary>
    public TransferEntry? Unfinished => Entries.Count > 0 && Entries[^1] is { IsComplete: false, Abandoned: false } last ? last : null;

    /// <exception cref="ArgumentOutOfRangeException">no such chunk is listed so far</exception>
    public ChunkLocation Locate(long ordinal) => PageOf(ordinal).Locate(ordinal);

    public int LengthOf(long ordinal) => PageOf(ordinal).LengthOf(ordinal);

    public ReadOnlyMemory<byte> Sha256Of(long ordinal) => PageOf(ordinal).Sha256Of(ordinal);

    public TransferEntry EntryOf(long ordinal) => PageOf(ordinal).EntryOf(ordinal);

    public ManifestPage PageOf(long ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, ChunkCount);
        return _pages[_pages.LastAtOrBefore(ordinal, static p => p.FirstOrdinal)];
    }

    internal void Append(ManifestPage page)
    {
        _pages.Add(page);
        for (var i = 0; i < page.Entries.Count && _tops.Count < MostTops; i++)
        {
            if (page.Entries.IsTop(i))
                _tops.Add(page.Entries[i].Path.Value);
        }
        ChunkCount += page.ChunkCount;
        Bytes += page.Bytes;
    }
}
