using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>The name of a transfer's staging directory, in the one directory of its destination that holds them all.</summary>
internal static class StagingName
{
    internal const string Partial = ".openshare-partial";

    internal static string Of(DeviceId sender, TransferId transfer) => $"{sender}-{transfer}";

    /// <summary>Takes the very text that <see cref="Of"/> writes, and nothing that is only like it.</summary>
    internal static bool TryParse(string name, out DeviceId sender, out TransferId transfer)
    {
        transfer = default;
        var parts = name.Split('-');
        return DeviceId.TryParse(parts[0], out sender) && parts.Length == 2 && TransferId.TryParse(parts[1], out transfer) && name == Of(sender, transfer);
    }
}
