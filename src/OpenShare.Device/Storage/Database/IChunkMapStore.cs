namespace OpenShare.Device.Storage.Database;

/// <summary>
/// Which chunks of one page are here. Bitmaps: bit i (of byte i/8, from the lowest) is the page's chunk i.
/// </summary>
/// <param name="Written">what can be trusted under the epoch asked for</param>
/// <param name="Durable">what was synced; always within Written</param>
/// <param name="Recheck">what was written under another epoch and not synced: to be hashed again before it counts</param>
public sealed record ChunkMap(uint Page, ChunkSpan Chunks, byte[] Written, byte[] Durable, byte[] Recheck);

/// <summary>A receiving transfer's chunk maps, made by <see cref="IManifestStore.Append"/>.</summary>
public interface IChunkMapStore
{
    /// <param name="epoch">the destination's <see cref="Disk.IDestination.Epoch"/></param>
    IReadOnlyList<ChunkMap> Load(TransferNo transfer, string epoch);

    /// <summary>
    /// Before an ACK leaves: these pages' chunks are verified and written under this epoch. Replaces the pages' bitmaps,
    /// so what was to be rechecked is checked first. One transaction; the disk is not synced.
    /// </summary>
    void SaveWritten(TransferNo transfer, string epoch, IReadOnlyCollection<(uint Page, byte[] Written)> maps);

    /// <summary>Only after <see cref="Disk.IDestination.Sync"/> covered them: these chunks outlive a loss of power. They count as written too.</summary>
    void SaveDurable(TransferNo transfer, IReadOnlyCollection<(uint Page, byte[] Durable)> maps);

    /// <summary>Before a file that went missing is made anew: these chunks are no longer here, under no epoch. Outlives a loss of power once it returns.</summary>
    void Forget(TransferNo transfer, IReadOnlyCollection<(uint Page, byte[] Lost)> maps);

    /// <summary>After a sync that failed: what none covered is no longer here, under no epoch. Outlives a loss of power once it returns.</summary>
    void ForgetUnsynced(TransferNo transfer);
}
