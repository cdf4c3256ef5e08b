using System.Collections.Immutable;
using OpenShare.Device.Hosting;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>
/// From the second in which a device hears that a certificate was taken back there is no session with its holder, also
/// after the device was started anew; with another certificate there may be.
/// </summary>
internal sealed class WithdrawnIsCutOff : Invariant
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);

    private readonly Dictionary<SimulatedDevice, ImmutableDictionary<GivenCertificate, TimeSpan>> _heard = [];
    private readonly Dictionary<SimulatedDevice, Dictionary<LinkId, DeviceCertificate>> _links = [];

    internal override string Name => "withdrawn-is-cut-off";

    internal override void OnStarted(SimulatedDevice device) => _links.Remove(device);

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        switch (happened)
        {
            case PairingEvents.StandingChanged { Withdrawn: var withdrawn }:
                _heard[device] = withdrawn.Aggregate(Heard(device), (heard, given) => heard.ContainsKey(given) ? heard : heard.Add(given, World.Elapsed));
                break;
            case PeerEvents.LinkOpened opened:
                (_links.TryGetValue(device, out var links) ? links : _links[device] = [])[opened.Link] = opened.Certificate;
                if (GivenCertificate.Of(opened.Certificate) is { } shown && Heard(device).ContainsKey(shown))
                    Alarm($"{device.Name} opened a link with {World.NameOf(opened.Device)} by a certificate that it knows to be taken back");
                break;
            case PeerEvents.LinkClosed closed:
                _links.GetValueOrDefault(device)?.Remove(closed.Link);
                break;
        }
    }

    internal override void OnSecond()
    {
        foreach (var device in World.Devices.Where(d => d.IsRunning && _links.ContainsKey(d)))
        {
            foreach (var peer in _links[device].Values)
            {
                if (GivenCertificate.Of(peer) is { } shown && Heard(device).TryGetValue(shown, out var since) && World.Elapsed - since > Promised)
                    Alarm($"{device.Name} still has a link with {World.NameOf(peer.DeviceId)}, {(World.Elapsed - since).TotalSeconds:0} s after it heard that this was taken back");
            }
        }
    }

    private ImmutableDictionary<GivenCertificate, TimeSpan> Heard(SimulatedDevice device) =>
        _heard.GetValueOrDefault(device) ?? ImmutableDictionary<GivenCertificate, TimeSpan>.Empty;
}
