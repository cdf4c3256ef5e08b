using System.Text;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>Turns the payload of the next page, whose signature and place are verified, into a page, or says why not.</summary>
/// <param name="tree">null: that each path is listed once, and in its directory, is known</param>
internal sealed class PageParser(Manifest manifest, ManifestTree? tree, ManifestPagePayload payload, byte[] payloadHash)
{
    private const uint ModeBits = 0xFFF;
    private const int HashSize = 32;

    private readonly PageEntries _entries = new(
        (int)payload.PageIndex, (uint)manifest.Entries.Count, manifest.ChunkCount,
        Math.Min(payload.Entries.Count(e => !e.Continued), Limits.PageEntries), payload.Entries.Where(e => !e.Continued).Sum(e => Encoding.UTF8.GetByteCount(e.Path)));

    private PagePart? _continued;
    private byte[] _hashes = [];
    private int[] _lengths = [];
    private int _chunks;
    private long _bytes;
    private TransferEntry? _open = manifest.Unfinished;

    private uint NextEntry => _entries.FirstNumber + (uint)_entries.Count;

    internal ManifestRefusal? Parse(out ManifestPage? page)
    {
        page = null;
        if (CheckCounts() is { } refusal)
            return refusal;
        foreach (var entry in payload.Entries)
        {
            if ((entry.Continued ? Continue(entry) : Begin(entry)) is { } refused)
                return refused;
        }
        if (CheckTotals() is { } mismatch)
            return mismatch;
        page = new ManifestPage((int)payload.PageIndex, payloadHash, manifest.ChunkCount, _continued, _entries, _hashes, _lengths, payload.Totals is not null);
        return null;
    }

    private ManifestRefusal? CheckCounts()
    {
        var chunks = payload.Entries.Sum(e => (long)e.Chunks.Count);
        if (payload.Entries.Count > Limits.PageEntries || chunks > Limits.PageChunks)
            return Refuse(ManifestRefusalKind.TooLarge, $"A page of the file list has more than {Limits.PageEntries} entries or {Limits.PageChunks} chunks.");
        if (manifest.Entries.Count + payload.Entries.Count > Limits.ManifestEntries || manifest.ChunkCount + chunks > Limits.ManifestChunks)
            return Refuse(ManifestRefusalKind.TooLarge, $"The file list has more than {Limits.ManifestEntries} entries or {Limits.ManifestChunks} chunks. Send it in parts.");
        if (payload.Entries.Count == 0 && (payload.Totals is null || payload.PageIndex == 0))
            return Refuse(ManifestRefusalKind.Empty, "A page of the file list has nothing in it.");
        _hashes = new byte[HashSize * chunks];
        _lengths = new int[chunks];
        return null;
    }

    private ManifestRefusal? Begin(ManifestEntry entry)
    {
        if (_open is not null)
            return Refuse(ManifestRefusalKind.SizeMismatch, $"The chunks of '{Name(_open)}' do not add up to its size.");
        if (!RelativePath.TryParse(entry.Path, out var path, out var hostile))
            return Refuse(ManifestRefusalKind.HostilePath, hostile.Describe(entry.Path));
        if (entry.EntryNo != NextEntry || entry.Mode > ModeBits || entry.Abandoned || !HasFieldsOfItsKind(entry))
            return Refuse(ManifestRefusalKind.BadEntry, $"The entry '{Printable.Shorten(path.Value, 120)}' contradicts itself.");
        LinkTarget? target = null;
        if (entry.Kind == EntryKind.EntrySymlink)
        {
            if (!LinkTarget.TryParse(entry.LinkTarget, path, out var inside))
                return Refuse(ManifestRefusalKind.HostileLink,
                    $"The link '{Printable.Shorten(path.Value, 120)}' points out of the folder it is sent with, to '{Printable.Shorten(entry.LinkTarget, 120)}'.");
            target = inside;
        }
        if (tree?.Add(path, entry.Kind) is { } refusal)
            return refusal;
        return AddChunks(_entries.Add(path, entry, target, _chunks), entry);
    }

    private static bool HasFieldsOfItsKind(ManifestEntry entry) => entry.Kind switch
    {
        EntryKind.EntryFile => entry.Size <= (ulong)(entry.Text ? Limits.Text : long.MaxValue) && entry.ZeroBytes <= entry.Size && entry.LinkTarget.Length == 0,
        _ when entry.Text || entry.ContentCut || entry.ZeroBytes > 0 => false,
        EntryKind.EntryDirectory => entry.Size == 0 && entry.Chunks.Count == 0 && entry.LinkTarget.Length == 0,
        EntryKind.EntrySymlink => entry.Size == 0 && entry.Chunks.Count == 0,
        _ => false,
    };

    private ManifestRefusal? Continue(ManifestEntry entry)
    {
        if (_open is null || _continued is not null || _entries.Count > 0 || entry.EntryNo != _open.Number || (entry.Chunks.Count == 0 && !entry.Abandoned))
            return Refuse(ManifestRefusalKind.BadEntry, "The file list goes on with a file that it did not leave unfinished.");
        if (entry.Abandoned)
            _open.Abandon();
        _continued = new PagePart(_open, manifest.ChunkCount, entry.Chunks.Count, _open.ListedBytes, Continued: true);
        return AddChunks(_open, entry);
    }

    private ManifestRefusal? AddChunks(TransferEntry entry, ManifestEntry wire)
    {
        foreach (var chunk in wire.Chunks)
        {
            if (chunk.Sha256.Length != HashSize || chunk.Length is 0 or > Limits.Chunk)
                return Refuse(ManifestRefusalKind.BadChunk, $"A chunk of '{Name(entry)}' has no SHA-256, is empty or longer than {Limits.Chunk} bytes.");
            if (chunk.Length > entry.Size - entry.ListedBytes)
                return Refuse(ManifestRefusalKind.SizeMismatch, $"The chunks of '{Name(entry)}' are more than its size.");
            chunk.Sha256.Span.CopyTo(_hashes.AsSpan(HashSize * _chunks));
            _lengths[_chunks++] = (int)chunk.Length;
            _bytes += chunk.Length;
            entry.Grow((int)chunk.Length);
        }
        _open = entry.IsComplete || entry.Abandoned ? null : entry;
        return null;
    }

    private ManifestRefusal? CheckTotals()
    {
        if (payload.Totals is not { } totals)
            return null;
        if (_open is not null)
            return Refuse(ManifestRefusalKind.SizeMismatch, $"The chunks of '{Name(_open)}' do not add up to its size.");
        return totals.Entries == NextEntry && totals.Chunks == (ulong)(manifest.ChunkCount + _chunks) && totals.Bytes == (ulong)(manifest.Bytes + _bytes)
            ? null
            : Refuse(ManifestRefusalKind.TotalsMismatch, "The totals of the file list are not those of its pages.");
    }

    private static string Name(TransferEntry entry) => Printable.Shorten(entry.Path.Value, 120);

    private static ManifestRefusal Refuse(ManifestRefusalKind kind, string message) => new(kind, message);
}
