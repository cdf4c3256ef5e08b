using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Disk;

namespace OpenShare.Simulation.Invariants;

/// <summary>Nothing stands under its final name unless it is whole: not while it is being placed, nor after any crash.</summary>
internal sealed class WholeUnderItsName : Invariant
{
    internal override string Name => "whole-under-its-name";

    internal override void OnDisk(SimulatedDevice device, DiskChange change)
    {
        if (change.Kind == DiskChangeKind.Renamed)
            Check(device, change.Path);
    }

    internal override void OnStarted(SimulatedDevice device)
    {
        foreach (var delivery in World.Deliveries.Where(d => d.To == device))
            Check(device, delivery.Place);
    }

    private void Check(SimulatedDevice device, string place)
    {
        if (World.Deliveries.FirstOrDefault(d => d.To == device && d.Place == place) is { } delivery
            && device.Disk.Exists(place) && delivery.Difference(delivery.MayLackFiles) is { } difference)
            Alarm($"{place} stands on {device.Name}'s disk, but {difference}");
    }
}
