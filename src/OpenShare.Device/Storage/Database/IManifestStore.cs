namespace OpenShare.Device.Storage.Database;

/// <summary>A transfer's manifest pages as they were signed, in order.</summary>
public interface IManifestStore
{
    /// <summary>Appends page number <paramref name="page"/> (the count so far), together with the map of its chunks when receiving; durably when sending.</summary>
    /// <param name="signedPage">the Signed message's bytes</param>
    /// <param name="chunks">of the page, when receiving: the map starts all clear</param>
    /// <param name="identities">of the files that start on the page, in their order, when sending</param>
    /// <returns>false when the page is held already or pages before it are missing</returns>
    bool Append(TransferNo transfer, uint page, ReadOnlySpan<byte> signedPage, ChunkSpan? chunks = null, IReadOnlyList<SourceIdentity>? identities = null);

    uint Count(TransferNo transfer);

    byte[]? Read(TransferNo transfer, uint page);

    /// <summary>What files were when they were hashed: those that start on the page where this one does.</summary>
    /// <returns>where nothing is noted of it, none or others</returns>
    IReadOnlyList<SourceIdentity> Identities(TransferNo transfer, uint entryNo);
}

/// <param name="First">ordinal of the page's first chunk</param>
public readonly record struct ChunkSpan(ulong First, int Count);

public readonly record struct SourceIdentity(uint EntryNo, Disk.FileIdentity Identity);
