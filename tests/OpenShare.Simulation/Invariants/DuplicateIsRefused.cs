using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Identity;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>While two places claim one device id, no link with it is opened, and none stays.</summary>
internal sealed class DuplicateIsRefused : Invariant
{
    private readonly HashSet<(SimulatedDevice At, DeviceId Of)> _duplicates = [];

    internal override string Name => "duplicate-is-refused";

    internal override void OnStarted(SimulatedDevice device) => _duplicates.RemoveWhere(d => d.At == device);

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        switch (happened)
        {
            case DiscoveryEvents.DuplicateDevice duplicate:
                _duplicates.Add((device, duplicate.DeviceId));
                break;
            case DiscoveryEvents.DuplicateEnded ended:
                _duplicates.Remove((device, ended.DeviceId));
                break;
            case PeerEvents.LinkOpened opened when _duplicates.Contains((device, opened.Device)):
                Alarm($"{device.Name} opened a link with {World.NameOf(opened.Device)}, which two places claim to be");
                break;
        }
    }
}
