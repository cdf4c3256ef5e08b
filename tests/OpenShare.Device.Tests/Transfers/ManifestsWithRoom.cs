using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A database's manifests, on a disk that may be full.</summary>
internal sealed class ManifestsWithRoom(IManifestStore inner, Func<bool> hasRoom) : IManifestStore
{
    public bool Append(TransferNo transfer, uint page, ReadOnlySpan<byte> signedPage, ChunkSpan? chunks = null, IReadOnlyList<SourceIdentity>? identities = null) =>
        hasRoom() ? inner.Append(transfer, page, signedPage, chunks, identities) : throw new StorageFullException("no space left on the disk");

    public uint Count(TransferNo transfer) => inner.Count(transfer);

    public byte[]? Read(TransferNo transfer, uint page) => inner.Read(transfer, page);

    public IReadOnlyList<SourceIdentity> Identities(TransferNo transfer, uint entryNo) => inner.Identities(transfer, entryNo);
}
