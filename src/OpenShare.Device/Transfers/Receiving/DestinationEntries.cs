using System.Collections;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>Entries of a file list as the disk has them. Each is made as it is come to: a sync of all looks at none of them.</summary>
internal sealed class DestinationEntries(IReadOnlyCollection<TransferEntry> entries) : IReadOnlyCollection<DestinationEntry>
{
    public int Count => entries.Count;

    internal static DestinationEntry From(TransferEntry entry) =>
        new(entry.Number, entry.Path.Value, entry.Kind, entry.Size, entry.Mode, entry.MtimeNs, entry.LinkTarget?.Value ?? "")
        {
            ZeroBytes = entry.ZeroBytes,
        };

    public IEnumerator<DestinationEntry> GetEnumerator() => entries.Select(From).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
