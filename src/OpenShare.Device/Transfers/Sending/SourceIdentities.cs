using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>What each file was when it was hashed. Entries are asked for nearly in order, so a page's are kept.</summary>
internal sealed class SourceIdentities(IManifestStore manifests, TransferNo transfer)
{
    private Dictionary<uint, FileIdentity> _run = [];

    /// <returns>what no file is, where nothing was noted: sending it finds it changed</returns>
    internal FileIdentity Of(uint entryNo)
    {
        if (!_run.TryGetValue(entryNo, out var identity))
            _run = manifests.Identities(transfer, entryNo).ToDictionary(i => i.EntryNo, i => i.Identity);
        return _run.TryGetValue(entryNo, out identity) ? identity : default;
    }
}
