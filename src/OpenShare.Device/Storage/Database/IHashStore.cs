using OpenShare.Device.Storage.Disk;

namespace OpenShare.Device.Storage.Database;

/// <summary>
/// Hashes of files that were sent, so that an unchanged file is not read again to be hashed. A cache: the oldest go when
/// it is full, and what it says is checked by whoever receives the bytes.
/// </summary>
public interface IHashStore
{
    /// <returns>32 bytes for each chunk of the stretch; null where none are kept, or of what the file was before</returns>
    byte[]? Find(FileIdentity file, long stretch, int chunkSize);

    /// <summary>Keeps them in one go, in place of what was kept of the same stretches.</summary>
    void Save(IReadOnlyCollection<HashedStretch> stretches);

    /// <summary>What is kept of this file is not trusted any more.</summary>
    void Forget(FileIdentity file);
}

/// <param name="Number">of the stretch in the file, from 0</param>
/// <param name="ChunkSize">bytes of each chunk but the file's last</param>
/// <param name="Hashes">32 bytes for each chunk</param>
public sealed record HashedStretch(FileIdentity File, long Number, int ChunkSize, byte[] Hashes);
