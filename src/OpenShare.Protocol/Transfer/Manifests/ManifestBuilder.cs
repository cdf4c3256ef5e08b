using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>
/// Entries and chunk hashes in, signed pages out, as early as is useful: the first page closes after 16 chunks or
/// 256 entries, later ones in proportion to what went before, so sending starts before hashing ends and what is
/// left to send when hashing ends is a small part of the whole. Every Add answers with the page it closed, if any.
/// </summary>
public sealed class ManifestBuilder
{
    public const uint CurrentVersion = 1;

    private const int FirstPageChunks = 16;
    private const int FirstPageEntries = 256;

    // Upper bounds of what is on the wire beside an entry's own text: header and totals of a page, one chunk
    // reference, and the fields of an entry.
    private const int PageOverhead = 256;
    private const int ChunkBytes = 44;
    private const int EntryBytes = 64;

    private readonly ISigner _signer;
    private readonly ManifestId _id;
    private readonly DeviceId _sender;
    private readonly DeviceId _receiver;
    private readonly ManifestTree _tree = new();
    private ManifestPagePayload _page;
    private ManifestEntry? _open;
    private long _openRest;
    private int _pageBytes;
    private int _pageChunks;
    private uint _entries;
    private long _chunks;
    private long _bytes;
    private bool _finished;

    /// <param name="conflict">what the receiver is to do where a name is taken</param>
    public ManifestBuilder(ISigner signer, ManifestId id, DeviceId sender, DeviceId receiver, ConflictPolicy conflict = ConflictPolicy.Rename)
    {
        (_signer, _id, _sender, _receiver) = (signer, id, sender, receiver);
        _page = NewPage(0, []);
        _page.Conflict = conflict;
    }

    /// <summary>Goes on after the pages of a manifest whose building was interrupted; what is in no page is added again.</summary>
    public static ManifestBuilder Continue(ISigner signer, Manifest manifest)
    {
        var builder = new ManifestBuilder(signer, manifest.Id, manifest.Sender, manifest.Receiver)
        {
            _entries = (uint)manifest.Entries.Count,
            _chunks = manifest.ChunkCount,
            _bytes = manifest.Bytes,
            _finished = manifest.IsComplete,
        };
        foreach (var entry in manifest.Entries)
            builder._tree.Add(entry.Path, entry.Kind);
        if (manifest.Unfinished is { } unfinished)
        {
            builder._open = new ManifestEntry { EntryNo = unfinished.Number, Path = unfinished.Path.Value };
            builder._openRest = unfinished.Size - unfinished.ListedBytes;
        }
        if (manifest.Pages.Count > 0)
            builder._page = builder.NewPage((uint)manifest.Pages.Count, manifest.Pages[^1].PayloadSha256.ToArray());
        return builder;
    }

    /// <summary>Entries so far: the next one gets this number.</summary>
    public uint EntryCount => _entries;

    public long ChunkCount => _chunks;

    public bool IsListed(RelativePath path) => _tree.Contains(path);

    public Signed? AddDirectory(RelativePath path, uint mode, long mtimeNs) =>
        Begin(new ManifestEntry { Kind = EntryKind.EntryDirectory, Path = path.Value, Mode = mode & 0xFFF, MtimeNs = mtimeNs }, path);

    public Signed? AddSymlink(RelativePath path, LinkTarget target, long mtimeNs) =>
        Begin(new ManifestEntry { Kind = EntryKind.EntrySymlink, Path = path.Value, LinkTarget = target.Value, MtimeNs = mtimeNs }, path);

    /// <summary>Begins a file; its chunks follow until they add up to its size.</summary>
    /// <param name="isText">it is no file of the sender's, but a text that was typed or copied, of at most <see cref="Limits.Text"/> bytes</param>
    /// <param name="isContentCut">its chunks are cut by <see cref="ContentCut"/></param>
    /// <param name="zeroBytes">so much of it is likely to be chunks of nothing but zeros</param>
    /// <exception cref="ProtocolException">the path is listed already or lies in no listed directory, or there are too many entries</exception>
    public Signed? BeginFile(RelativePath path, long size, uint mode, long mtimeNs, bool isText = false, bool isContentCut = false, long zeroBytes = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var entry = new ManifestEntry
        {
            Kind = EntryKind.EntryFile, Path = path.Value, Size = (ulong)size, Mode = mode & 0xFFF, MtimeNs = mtimeNs, Text = isText, ContentCut = isContentCut,
            ZeroBytes = (ulong)zeroBytes,
        };
        var closed = Begin(entry, path);
        (_open, _openRest) = size == 0 ? (null, 0) : (_page.Entries[^1], size);
        return closed;
    }

    /// <exception cref="InvalidOperationException">no file is begun, or the chunk goes beyond its size</exception>
    public Signed? AddChunk(ReadOnlySpan<byte> sha256, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sha256.Length, SHA256.HashSizeInBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Limits.Chunk);
        if (_open is null || length > _openRest)
            throw new InvalidOperationException("A chunk belongs to a begun file and lies within its size.");
        if (_chunks == Limits.ManifestChunks)
            throw new ProtocolException($"This is more than one transfer can carry ({Limits.ManifestChunks} chunks). Send it in parts.");
        var closed = MakeRoom(chunks: 1, entries: 0, ChunkBytes + EntryBytes);
        OpenPart().Chunks.Add(new ChunkRef { Sha256 = ByteString.CopyFrom(sha256), Length = (uint)length });
        _pageBytes += ChunkBytes;
        _pageChunks++;
        _chunks++;
        _bytes += length;
        _openRest -= length;
        if (_openRest == 0)
            _open = null;
        return closed;
    }

    /// <summary>
    /// The begun file cannot be read to its end. It leaves the page again where it began on it; else the next page
    /// says that it is abandoned, and it counts as withdrawn.
    /// </summary>
    /// <returns>the page this closed, if any, and whether the file remains in the manifest, abandoned</returns>
    public (Signed? Closed, bool Remains) AbandonFile()
    {
        if (_open is null)
            throw new InvalidOperationException("Only a begun file can be abandoned.");
        var part = _page.Entries.Count > 0 && _page.Entries[^1].EntryNo == _open.EntryNo ? _page.Entries[^1] : null;
        if (part is { Continued: false })
        {
            _page.Entries.Remove(part);
            _tree.Remove(RelativePath.Parse(part.Path));
            _pageChunks -= part.Chunks.Count;
            _chunks -= part.Chunks.Count;
            _bytes -= part.Chunks.Sum(c => (long)c.Length);
            _entries--;
            _open = null;
            return (null, false);
        }
        var closed = MakeRoom(chunks: 0, entries: 1, EntryBytes);
        OpenPart().Abandoned = true;
        _open = null;
        return (closed, true);
    }

    /// <summary>Closes the page under way, if there is anything on it: for a shell that has waited long enough.</summary>
    public Signed? ClosePage() => _page.Entries.Count == 0 ? null : Close();

    /// <returns>the last page, with the totals</returns>
    /// <exception cref="ProtocolException">there is nothing to send</exception>
    public Signed Finish()
    {
        if (_open is not null)
            throw new InvalidOperationException("The chunks of the last file are not all there.");
        if (_entries == 0)
            throw new ProtocolException("There is nothing to send.");
        _page.Totals = new ManifestTotals { Entries = _entries, Bytes = (ulong)_bytes, Chunks = (ulong)_chunks };
        _finished = true;
        return Close();
    }

    private Signed? Begin(ManifestEntry entry, RelativePath path)
    {
        if (_finished || _open is not null)
            throw new InvalidOperationException(_finished ? "This manifest is finished." : "The chunks of the file before are not all there.");
        if (_entries == Limits.ManifestEntries)
            throw new ProtocolException($"This is more than one transfer can carry ({Limits.ManifestEntries} files and folders). Send it in parts.");
        if (_tree.Add(path, entry.Kind) is { } refusal)
            throw new ProtocolException(refusal.Message);
        entry.EntryNo = _entries;
        var bytes = EntryBytes + entry.CalculateSize();
        var closed = MakeRoom(chunks: 0, entries: 1, bytes);
        _entries++;
        _page.Entries.Add(entry);
        _pageBytes += bytes;
        return closed;
    }

    // The open file's part on this page: a file that began on an earlier one goes on under its number alone.
    private ManifestEntry OpenPart()
    {
        if (_page.Entries.Count == 0 || _page.Entries[^1].EntryNo != _open!.EntryNo)
        {
            _page.Entries.Add(new ManifestEntry { EntryNo = _open!.EntryNo, Continued = true });
            _pageBytes += EntryBytes;
        }
        return _page.Entries[^1];
    }

    private Signed? MakeRoom(int chunks, int entries, int bytes)
    {
        var full = _pageChunks + chunks > Math.Clamp((_chunks - _pageChunks) / 16, FirstPageChunks, Limits.PageChunks)
            || _page.Entries.Count + entries > Math.Clamp(_entries / 4, FirstPageEntries, Limits.PageEntries)
            || _pageBytes + bytes > Limits.SignedPayload;
        return full ? ClosePage() : null;
    }

    private Signed Close()
    {
        if (_page.PageIndex >= Limits.ManifestPages)
            throw new ProtocolException($"This is more than one transfer can carry ({Limits.ManifestPages} pages of names). Send it in parts.");
        var payload = _page.ToByteArray();
        _page = NewPage(_page.PageIndex + 1, SHA256.HashData(payload));
        return SignedBlobs.Sign(_signer, SignatureContext.ManifestPage, payload);
    }

    private ManifestPagePayload NewPage(uint index, byte[] previous)
    {
        _pageBytes = PageOverhead;
        _pageChunks = 0;
        return new ManifestPagePayload
        {
            Version = CurrentVersion,
            ManifestId = ByteString.CopyFrom(_id.ToBytes()),
            Sender = ByteString.CopyFrom(_sender.ToBytes()),
            Receiver = ByteString.CopyFrom(_receiver.ToBytes()),
            PageIndex = index,
            PreviousPageSha256 = ByteString.CopyFrom(previous),
        };
    }
}
