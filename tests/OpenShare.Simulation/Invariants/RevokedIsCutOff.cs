using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Revocation;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>
/// From the second in which a device learns that another is revoked there is no session with it, nor with whom it paired,
/// and once the network is whole again every device has learnt it. No device ever goes back to an older list.
/// </summary>
internal sealed class RevokedIsCutOff : Invariant
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);

    private readonly Dictionary<SimulatedDevice, RevocationList> _lists = [];
    private readonly Dictionary<SimulatedDevice, TimeSpan> _learnt = [];
    private readonly Dictionary<SimulatedDevice, SortedDictionary<DeviceId, DeviceCertificate>> _links = [];

    internal override string Name => "revoked-is-cut-off";

    internal override void OnStarted(SimulatedDevice device) => _links.Remove(device);

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        switch (happened)
        {
            case RevocationEvents.RevocationChanged { List: { } list }:
                if (_lists.TryGetValue(device, out var held) && held.Version > list.Version)
                    Alarm($"{device.Name} went back from revocation list {held.Version} to {list.Version}");
                if (held is null || list.Version > held.Version)
                    (_lists[device], _learnt[device]) = (list, World.Elapsed);
                break;
            case PeerEvents.LinkOpened opened:
                (_links.TryGetValue(device, out var links) ? links : _links[device] = [])[opened.Device] = opened.Certificate;
                if (_lists.GetValueOrDefault(device) is { } known && IsRefused(known, opened.Certificate))
                    Alarm($"{device.Name} opened a link with {World.NameOf(opened.Device)}, which it knows to be revoked");
                break;
            case PeerEvents.LinkClosed closed:
                _links.GetValueOrDefault(device)?.Remove(closed.Device);
                break;
        }
    }

    internal override void OnSecond()
    {
        foreach (var device in World.Devices.Where(d => d.IsRunning && _lists.ContainsKey(d) && World.Elapsed - _learnt[d] > Promised))
        {
            foreach (var peer in _links.GetValueOrDefault(device)?.Values.Where(c => IsRefused(_lists[device], c)) ?? [])
                Alarm($"{device.Name} still has a link with {World.NameOf(peer.DeviceId)}, {(World.Elapsed - _learnt[device]).TotalSeconds:0} s after it learnt of its revocation");
        }
    }

    // With whoever it paired, too.
    private static bool IsRefused(RevocationList list, DeviceCertificate certificate) =>
        list.Revokes(certificate) || (certificate.Sponsor is { } sponsor && list.Revokes(sponsor));

    internal override void AtEnd()
    {
        foreach (var revoked in World.Revoked)
        {
            foreach (var device in World.Devices.Where(d => d.IsRunning && d != revoked && _lists.GetValueOrDefault(d)?.Revokes(revoked.Identity!.Certificate) != true))
                Alarm($"{device.Name} never learnt that {revoked.Name} was revoked");
        }
    }
}
