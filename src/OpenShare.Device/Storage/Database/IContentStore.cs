using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Storage.Database;

/// <summary>
/// Which chunks are where in the files that this device received and sent. A cache: the oldest files go when it is full, and
/// what it says is a guess until the bytes are read and hashed again.
/// </summary>
public interface IContentStore
{
    /// <returns>where a chunk of this hash and length may be, the newest file first; a few at most</returns>
    IReadOnlyList<ContentPlace> Find(AccountId account, long hash, int length);

    /// <returns>those of the hashes that a chunk of some file has: asked for many at once</returns>
    IReadOnlySet<long> Known(AccountId account, IReadOnlyCollection<long> hashes);

    /// <returns>what is known of the file of this path</returns>
    ContentFile? At(AccountId account, string path);

    /// <returns>the newest of the files with this name, in whatever folder</returns>
    ContentFile? Named(AccountId account, string name);

    /// <summary>Whether a file of this size was cut by its content.</summary>
    bool HasContentCut(AccountId account, long size);

    /// <summary>Keeps them in one go, each in place of what was known of its path.</summary>
    void Save(AccountId account, IReadOnlyCollection<(ContentFile File, IReadOnlyList<ContentChunk> Chunks)> files);

    /// <summary>This file is not what it was.</summary>
    void Forget(ContentFile file);

    /// <summary>The chunk is not there any more.</summary>
    void Forget(ContentPlace place);
}

/// <param name="Path">absolute</param>
/// <param name="Size">bytes, when it was sent or received</param>
/// <param name="MtimeNs">at that time, since the Unix epoch</param>
public sealed record ContentFile(string Path, FileKey Key, long Size, long MtimeNs, bool IsContentCut)
{
    /// <summary>0 for one that is not kept yet.</summary>
    public long No { get; init; }
}

/// <param name="Hash">the first 8 bytes of its SHA-256: what it is for certain is seen when it is read</param>
public readonly record struct ContentChunk(long Hash, long Offset, int Length);

public readonly record struct ContentPlace(ContentFile File, ContentChunk Chunk);
