using OpenShare.Device.Storage.Disk.Receiving;
using OpenShare.Device.Storage.Disk.Sending;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Storage.Disk;

/// <summary>This machine's file systems.</summary>
public sealed class LocalDisk : IDisk
{
    public ISource OpenSource(IReadOnlyList<string> paths) => new SourceTree(paths);

    public DiskResult<IDestination> OpenDestination(string directory, DeviceId sender, TransferId transfer) =>
        DiskFault.Guard<IDestination>(directory, () => StagedDestination.Open(directory, sender, transfer));

    public DiskResult<IReadOnlyList<StagingPlace>> FindStaged(string directory) =>
        DiskFault.Guard<IReadOnlyList<StagingPlace>>(directory, () => Leftovers.Find(directory));

    public DiskResult Discard(string directory, DeviceId sender, TransferId transfer) =>
        DiskFault.Guard(directory, () => Leftovers.Remove(directory, sender, transfer));
}
