using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Transfers.Receiving;

internal static class DestinationEntries
{
    internal static DestinationEntry From(TransferEntry entry) =>
        new(entry.Number, entry.Path.Value, entry.Kind, entry.Size, entry.Mode, entry.MtimeNs, entry.LinkTarget?.Value ?? "")
        {
            ZeroBytes = entry.ZeroBytes,
        };
}
