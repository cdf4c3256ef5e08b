using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers;

/// <summary>A transfer's file list as this device keeps it: the pages as they were signed, and what they say.</summary>
internal sealed record StoredManifest(IReadOnlyList<Signed> Pages, Manifest Manifest)
{
    /// <param name="reader">that fits the transfer: whose pages, for whom</param>
    /// <returns>null: no page is kept</returns>
    /// <exception cref="ProtocolException">what is kept does not hold together</exception>
    internal static StoredManifest? Read(IManifestStore store, TransferNo no, ManifestReader reader)
    {
        var pages = Enumerable.Range(0, (int)store.Count(no))
            .Select(p => SignedBlobs.Parse(store.Read(no, (uint)p)!, "page of the file list")).ToList();
        if (pages.Exists(page => reader.Read(page) is not PageReading.Accepted))
            throw new ProtocolException("The stored file list of this transfer is damaged. It has to be sent again.");
        return pages.Count == 0 ? null : new StoredManifest(pages, reader.Manifest!);
    }
}
