using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Sending;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>What one round of scanning and hashing brought.</summary>
/// <param name="Skipped">"path: reason" for what cannot be sent</param>
internal sealed record FedBatch(IReadOnlyList<FedPage> Pages, IReadOnlyList<string> Skipped, bool IsLast, string? Failure);

/// <param name="MayBeThere">a chunk of it was sent or received before, or a file of it by its path; or is nothing but zeros</param>
internal sealed record FedPage(Signed Blob, IReadOnlyList<SourceIdentity> Identities, bool MayBeThere);

/// <summary>
/// Walks and hashes what is to be sent and builds the manifest of it, a bounded amount of work at a call, so that
/// sending starts long before hashing ends. Calls block: one at a time, on a worker.
/// </summary>
internal sealed class ManifestFeeder : IDisposable
{
    private const long BytesPerBatch = 32L * 1024 * 1024;
    private const int ItemsPerBatch = 1024;
    private const int ChunksPerRead = 8;

    private readonly ISource _source;
    private readonly ManifestBuilder _builder;
    private readonly HashCache _hashes;
    private readonly ContentIndex _contents;
    private readonly IEnumerator<SourceItem> _items;
    private readonly bool _goesOn;
    private (string Path, long Bytes, FileIdentity Identity)? _unfinished;
    private readonly List<SourceIdentity> _identities = [];
    private readonly List<long> _chunks = [];
    private List<FedPage> _pages = [];
    private List<string> _skipped = [];
    private SourceEntry? _file;
    private bool _isContentCut;
    private bool _isSparse;
    private bool _mayBeThere;
    private long _offset;

    /// <param name="manifest">what an earlier process built of it; null for a new transfer</param>
    /// <param name="unfinishedIdentity">of the file in whose middle that ended</param>
    internal ManifestFeeder(
        ISource source, ManifestBuilder builder, HashCache hashes, ContentIndex contents, Manifest? manifest, FileIdentity? unfinishedIdentity)
    {
        _source = source;
        _builder = builder;
        _hashes = hashes;
        _contents = contents;
        _items = source.Scan().GetEnumerator();
        _goesOn = manifest is not null;
        if (manifest?.Unfinished is not { } open)
            return;
        _unfinished = (open.Path.Value, open.ListedBytes, unfinishedIdentity ?? default);
        _isContentCut = open.IsContentCut;
    }

    /// <summary>What is sent is no file of a person's, but a text of his.</summary>
    internal bool IsText { get; init; }

    internal FedBatch Next()
    {
        (_pages, _skipped) = ([], []);
        var (bytes, items) = (0L, 0);
        try
        {
            GoOnWithUnfinished();
            while (bytes < BytesPerBatch && items < ItemsPerBatch && _pages.Count == 0)
            {
                if (_file is not null)
                {
                    bytes += HashMore(_file);
                }
                else if (_items.MoveNext())
                {
                    items++;
                    Begin(_items.Current);
                }
                else
                {
                    return Finish();
                }
            }
            return new FedBatch(_pages, _skipped, IsLast: false, Failure: null);
        }
        catch (ProtocolException error)
        {
            return new FedBatch(_pages, _skipped, IsLast: true, error.Message);
        }
    }

    public void Dispose() => _items.Dispose();

    private FedBatch Finish()
    {
        _hashes.Flush();
        if (_builder.EntryCount == 0)
            return new FedBatch([], _skipped, IsLast: true, _skipped.Count > 0 ? $"Nothing could be read: {_skipped[0]}" : "There is nothing to send.");
        Close(_builder.Finish());
        return new FedBatch(_pages, _skipped, IsLast: true, Failure: null);
    }

    private void Begin(SourceItem item)
    {
        switch (item)
        {
            case SourceItem.Skipped skipped:
                _skipped.Add($"{skipped.Path}: {skipped.Reason}");
                break;
            case SourceItem.Entry { Value: var entry } when _goesOn && RelativePath.TryParse(entry.Path, out var known, out _) && _builder.IsListed(known):
                break;
            case SourceItem.Entry { Value: var entry }:
                List(entry);
                break;
        }
    }

    // The file in whose middle an earlier process was stopped goes on there, if it is the same still. Looked for before all else: what comes before it
    // may be listed only now, as it is new or can be read at last, and nothing is listed while a file is open.
    private void GoOnWithUnfinished()
    {
        if (_unfinished is not { } open)
            return;
        _unfinished = null;
        var entry = _source.Scan().OfType<SourceItem.Entry>().FirstOrDefault(e => e.Value.Path == open.Path)?.Value;
        if (entry is null)
            Abandon(open.Path, "it is no longer there");
        else if (!open.Identity.IsSame(entry.Identity))
            Abandon(open.Path, "it changed while it was being sent");
        else
            (_file, _offset, _isSparse) = (entry, open.Bytes, _source.ZeroBytes(entry, _isContentCut) > 0);
    }

    private void List(SourceEntry entry)
    {
        if (!RelativePath.TryParse(entry.Path, out var path, out _))
        {
            _skipped.Add($"{Printable.Shorten(entry.Path)}: its name cannot be sent");
            return;
        }
        switch (entry.Kind)
        {
            case EntryKind.EntryDirectory:
                Close(_builder.AddDirectory(path, entry.Mode, entry.MtimeNs));
                break;
            case EntryKind.EntrySymlink when LinkTarget.TryParse(entry.LinkTarget, path, out var target):
                Close(_builder.AddSymlink(path, target, entry.MtimeNs));
                break;
            case EntryKind.EntrySymlink:
                _skipped.Add($"{entry.Path}: it links out of the folder");
                break;
            case EntryKind.EntryFile:
                var number = _builder.EntryCount;
                _isContentCut = IsContentCut(entry);
                var zeros = _source.ZeroBytes(entry, _isContentCut);
                _isSparse = zeros > 0;
                Close(_builder.BeginFile(path, entry.Size, entry.Mode, entry.MtimeNs, IsText, _isContentCut, zeros));
                _identities.Add(new SourceIdentity(number, entry.Identity));
                (_file, _offset) = (entry.Size == 0 ? null : entry, 0);
                break;
        }
    }

    // Where a file was sent or received before and is another now, whoever got it then has an older version. What was once cut so is
    // always cut so, under every name: its chunks are known by that.
    private bool IsContentCut(SourceEntry file) =>
        file.Size is > ContentCut.SmallestFile and <= ContentCut.LargestFile
        && (_contents.HasContentCut(file.Size) || _contents.At(_source.PlaceOf(file.Path)) is { } known && !IsSame(known, file));

    private static bool IsSame(ContentFile known, SourceEntry file) =>
        (known.Size, known.MtimeNs, known.Key.Inode) == (file.Size, file.MtimeNs, file.Identity.Inode);

    private long HashMore(SourceEntry file)
    {
        var hashed = _isContentCut ? HashContentCut(file) : HashFixed(file, _offset / Limits.DefaultChunk);
        if (hashed.Value is not { } chunks)
        {
            Abandon(file.Path, hashed.Detail);
            return 0;
        }
        foreach (var chunk in chunks)
        {
            // A page that this closes does not have the chunk any more.
            Close(_builder.AddChunk(chunk.Sha256, chunk.Length));
            _mayBeThere |= _isContentCut || ZeroChunk.Is(chunk.Sha256, chunk.Length);
            if (file.Size >= ContentIndex.SmallestFile && !chunk.IsHole)
                _chunks.Add(ContentIndex.Start(chunk.Sha256));
        }
        _offset += chunks.Sum(c => (long)c.Length);
        if (_offset == file.Size)
            _file = null;
        return chunks.Sum(c => c.IsHole ? 0L : c.Length);
    }

    private DiskResult<IReadOnlyList<HashedChunk>> HashContentCut(SourceEntry file)
    {
        if (_hashes.ContentCut.Find(file, _offset) is { } known)
            return new DiskResult<IReadOnlyList<HashedChunk>>(known);
        _hashes.ContentCut.Begin(file, _offset);
        var holes = _isSparse ? _source.HolesAt(file, _offset, ContentCut.Most, most: 4, out _) : [];
        var hashed = holes.Count > 0 ? new DiskResult<IReadOnlyList<HashedChunk>>(holes) : _source.HashContentCut(file, _offset);
        if (hashed.Value is { } chunks)
            _hashes.ContentCut.Add(file, _offset, chunks);
        return hashed;
    }

    private DiskResult<IReadOnlyList<HashedChunk>> HashFixed(SourceEntry file, long first)
    {
        if (_hashes.Find(file, first, ChunksPerRead) is { } known)
            return new DiskResult<IReadOnlyList<HashedChunk>>(known);
        _hashes.Begin(file, first);
        var hashed = _isSparse ? HashSparse(file, first) : _source.Hash(file, Limits.DefaultChunk, first, ChunksPerRead);
        if (hashed.Value is { } chunks)
            _hashes.Add(file, first, chunks);
        return hashed;
    }

    private DiskResult<IReadOnlyList<HashedChunk>> HashSparse(SourceEntry file, long first)
    {
        var holes = _source.HolesAt(
            file, first * Limits.DefaultChunk, Limits.DefaultChunk, HashCache.StretchChunks - (int)(first % HashCache.StretchChunks), out var data);
        return holes.Count > 0
            ? new DiskResult<IReadOnlyList<HashedChunk>>(holes)
            : _source.Hash(file, Limits.DefaultChunk, first, (int)Math.Clamp(data / Limits.DefaultChunk, 1, ChunksPerRead));
    }

    private void Abandon(string path, string reason)
    {
        _skipped.Add(reason.StartsWith(path, StringComparison.Ordinal) ? reason : $"{path}: {reason}");
        var (closed, remains) = _builder.AbandonFile();
        if (!remains && _identities.Count > 0)
            _identities.RemoveAt(_identities.Count - 1);
        Close(closed);
        _file = null;
    }

    private void Close(Signed? page)
    {
        if (page is null)
            return;
        _pages.Add(new FedPage(page, [.. _identities], _mayBeThere || _contents.Known(_chunks).Count > 0));
        _identities.Clear();
        _chunks.Clear();
        _mayBeThere = false;
    }
}
