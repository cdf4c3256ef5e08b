using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Transfer.Manifests;
using ChunkMap = OpenShare.Protocol.Transfer.Chunks.ChunkMap;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// Which chunks are written and which of them are on stable storage, page by page as the database keeps them: bit i
/// of a page's map is its chunk i.
/// </summary>
internal sealed class HeldChunks(IChunkMapStore store, TransferNo no)
{
    private readonly SortedDictionary<int, byte[]> _written = [];
    private readonly SortedSet<int> _unsynced = [];

    internal bool IsSynced => _unsynced.Count == 0;

    /// <summary>A page as it was loaded: what is trusted of it.</summary>
    internal void Load(int page, byte[] written) => _written[page] = [.. written];

    /// <summary>A page of which more is there than was trusted.</summary>
    internal void Keep(int page, byte[] written)
    {
        Load(page, written);
        store.SaveWritten(no, [((uint)page, written)]);
    }

    /// <summary>What is kept of a transfer, to be loaded.</summary>
    internal IReadOnlyList<Storage.Database.ChunkMap> Kept() => store.Load(no);

    /// <summary>More of this page is there than is known to outlive a loss of power: the next checkpoint sees to it.</summary>
    internal void Doubt(int page) => _unsynced.Add(page);

    /// <summary>These files are not there any more, whatever is kept of them says. Before they are made anew.</summary>
    internal void Forget(Manifest manifest, IReadOnlyCollection<uint> files)
    {
        var pages = new SortedDictionary<uint, byte[]>();
        foreach (var file in files.Select(f => manifest.Entries[(int)f]))
        {
            for (var ordinal = file.Chunks.First; ordinal < file.Chunks.End; ordinal++)
            {
                var page = manifest.PageOf(ordinal);
                if (!pages.TryGetValue((uint)page.Index, out var lost))
                    pages.Add((uint)page.Index, lost = new byte[ChunkBits.Size(page.ChunkCount)]);
                ChunkBits.Add(lost, (int)(ordinal - page.FirstOrdinal));
            }
        }
        if (pages.Count > 0)
            store.Forget(no, [.. pages.Select(p => (p.Key, p.Value))]);
    }

    internal void AddPage(ManifestPage page) => _written.TryAdd(page.Index, new byte[(page.ChunkCount + 7) / 8]);

    /// <summary>Kept before an acknowledgement leaves.</summary>
    internal void Write(Manifest manifest, IReadOnlyCollection<ChunkLocation> chunks)
    {
        var pages = new SortedDictionary<int, byte[]>();
        foreach (var chunk in chunks)
        {
            var page = manifest.PageOf(chunk.Ordinal);
            if (!pages.TryGetValue(page.Index, out var bits))
                pages.Add(page.Index, bits = [.. _written[page.Index]]);
            ChunkBits.Add(bits, (int)(chunk.Ordinal - page.FirstOrdinal));
        }
        store.SaveWritten(no, [.. pages.Select(p => ((uint)p.Key, p.Value))]);
        // Only now: what is not noted is in no checkpoint, and the next one would call it durable.
        foreach (var (page, bits) in pages)
            _written[page] = bits;
        _unsynced.UnionWith(pages.Keys);
    }

    /// <summary>What a sync that begins now will cover; to be saved as durable when it has ended.</summary>
    internal IReadOnlyCollection<(uint Page, byte[] Durable)> TakeUnsynced()
    {
        (uint, byte[])[] maps = [.. _unsynced.Select(p => ((uint)p, (byte[])[.. _written[p]]))];
        _unsynced.Clear();
        return maps;
    }

    /// <summary>What was taken could not be saved.</summary>
    internal void Return(IReadOnlyCollection<(uint Page, byte[] Durable)> maps) => _unsynced.UnionWith(maps.Select(m => (int)m.Page));

    internal void SaveDurable(IReadOnlyCollection<(uint Page, byte[] Durable)> maps) => store.SaveDurable(no, maps);

    /// <summary>All of it as one map of ordinals.</summary>
    internal ChunkMap ToMap(Manifest manifest)
    {
        var map = new ChunkMap();
        foreach (var (page, bits) in _written)
        {
            for (var i = 0; i < manifest.Pages[page].ChunkCount; i++)
            {
                if ((bits[i / 8] & 1 << (i % 8)) != 0)
                    map.Add(manifest.Pages[page].FirstOrdinal + i);
            }
        }
        return map;
    }
}
