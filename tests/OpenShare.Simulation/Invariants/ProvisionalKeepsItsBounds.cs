using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Wire;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Scenarios;

namespace OpenShare.Simulation.Invariants;

/// <summary>Who is provisional vouches for nobody, and nobody speaks with whom it would vouch for; nor with one that is another's alone.</summary>
internal sealed class ProvisionalKeepsItsBounds : Invariant
{
    internal override string Name => "provisional-keeps-its-bounds";

    internal override void OnInvited(Invitation invitation)
    {
        if (invitation.Token.Sponsor.IsProvisional)
            Alarm($"{invitation.By.Name} is provisional, and made an invitation");
    }

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        if (happened is not PeerEvents.LinkOpened { Certificate: { Sponsor: { } sponsor } peer })
            return;
        if (sponsor.IsProvisional)
            Alarm($"{device.Name} speaks with somebody whom {World.NameOf(sponsor.DeviceId)} vouches for, which is provisional itself");
        if (peer.Scope == ProvisionalScope.Sponsor && sponsor.DeviceId != device.Id)
            Alarm($"{device.Name} speaks with {World.NameOf(peer.DeviceId)}, which was paired to speak with {World.NameOf(sponsor.DeviceId)} alone");
    }
}
