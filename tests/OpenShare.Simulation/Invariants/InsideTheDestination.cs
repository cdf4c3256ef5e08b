using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Disk;

namespace OpenShare.Simulation.Invariants;

/// <summary>A device writes inside the directory that its user chose, and there only under names that were sent to it.</summary>
internal sealed class InsideTheDestination : Invariant
{
    /// <summary>Where what arrives is until it has its name.</summary>
    internal const string Staging = ".openshare-partial";

    internal override string Name => "inside-the-destination";

    internal override void OnDisk(SimulatedDevice device, DiskChange change) => Check(device, change.Path);

    internal override void AtEnd()
    {
        foreach (var device in World.Devices)
        {
            foreach (var name in device.Disk.Snapshot(device.SaveTo).Select(e => e.Path.Split('/')[0]).Distinct().Where(n => n != Staging && !World.Deliveries.Any(d => d.To == device && d.Top == n)))
                Alarm($"{name} is in {device.Name}'s destination, and nobody sent a thing of that name");
        }
    }

    private void Check(SimulatedDevice device, string path)
    {
        if (path != device.SaveTo && !path.StartsWith(device.SaveTo + "/", StringComparison.Ordinal))
            Alarm($"{device.Name} wrote to {path}, outside of {device.SaveTo}");
    }
}
