using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Identity;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>From when two places have proven that they hold one device's key no link with it is opened, and none stays longer than a second.</summary>
internal sealed class DuplicateIsRefused : Invariant
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(SimulatedDevice At, DeviceId Of), TimeSpan> _duplicates = [];
    private readonly Dictionary<(SimulatedDevice At, DeviceId Of), int> _links = [];

    internal override string Name => "duplicate-is-refused";

    internal override void OnStarted(SimulatedDevice device)
    {
        foreach (var gone in _duplicates.Keys.Concat(_links.Keys).Where(k => k.At == device).ToList())
        {
            _duplicates.Remove(gone);
            _links.Remove(gone);
        }
    }

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        switch (happened)
        {
            case PeerEvents.DeviceCloned cloned:
                _duplicates.TryAdd((device, cloned.Device), World.Elapsed);
                break;
            case PeerEvents.DuplicateSettled settled:
                _duplicates.Remove((device, settled.Device));
                break;
            case PeerEvents.LinkOpened opened:
                Count(device, opened.Device, 1);
                if (_duplicates.ContainsKey((device, opened.Device)))
                    Alarm($"{device.Name} opened a link with {World.NameOf(opened.Device)}, whose key is in two places");
                break;
            case PeerEvents.LinkClosed closed:
                Count(device, closed.Device, -1);
                break;
        }
    }

    internal override void OnSecond()
    {
        foreach (var ((at, of), since) in _duplicates)
        {
            if (at.IsRunning && _links.GetValueOrDefault((at, of)) > 0 && World.Elapsed - since > Promised)
                Alarm($"{at.Name} still has a link with {World.NameOf(of)}, {(World.Elapsed - since).TotalSeconds:0} s after its key was found in two places");
        }
    }

    private void Count(SimulatedDevice device, DeviceId peer, int by) =>
        _links[(device, peer)] = _links.GetValueOrDefault((device, peer)) + by;
}
