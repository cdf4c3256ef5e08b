namespace OpenShare.Device.Storage.Database;

/// <summary>
/// Which chunks of one page are here. Bitmaps: bit i (of byte i/8, from the lowest) is the page's chunk i.
/// </summary>
/// <param name="Written">what was verified and written at some time</param>
/// <param name="Durable">what was synced; always within Written</param>
public sealed record ChunkMap(uint Page, ChunkSpan Chunks, byte[] Written, byte[] Durable);

/// <summary>A receiving transfer's chunk maps, made by <see cref="IManifestStore.Append"/>.</summary>
public interface IChunkMapStore
{
    IReadOnlyList<ChunkMap> Load(TransferNo transfer);

    /// <summary>
    /// Before an ACK leaves: these pages' chunks are verified and written. Replaces the pages' bitmaps, so what an earlier session wrote
    /// is looked at first. One transaction; the disk is not synced.
    /// </summary>
    void SaveWritten(TransferNo transfer, IReadOnlyCollection<(uint Page, byte[] Written)> maps);

    /// <summary>Only after <see cref="Disk.IDestination.Sync"/> covered them: these chunks outlive a loss of power. They count as written too.</summary>
    void SaveDurable(TransferNo transfer, IReadOnlyCollection<(uint Page, byte[] Durable)> maps);

    /// <summary>Before a file that went missing is made anew: these chunks are no longer here. Outlives a loss of power once it returns.</summary>
    void Forget(TransferNo transfer, IReadOnlyCollection<(uint Page, byte[] Lost)> maps);
}
