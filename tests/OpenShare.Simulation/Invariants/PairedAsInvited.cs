using OpenShare.Device.Hosting;
using OpenShare.Device.Pairing;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Scenarios;

namespace OpenShare.Simulation.Invariants;

/// <summary>
/// For one invitation at most one certificate is ever given, for the key whose code it names, while it is good by the clock
/// of the device that made it; also across crashes, and whoever asks.
/// </summary>
internal sealed class PairedAsInvited : Invariant
{
    private readonly Dictionary<(SimulatedDevice Sponsor, PairingCode Code), int> _invited = [];
    private readonly Dictionary<(SimulatedDevice Sponsor, PairingCode Code), int> _given = [];

    internal override string Name => "paired-as-invited";

    internal override void OnInvited(Invitation invitation) => Count(_invited, (invitation.By, invitation.Token.Code));

    // Also those that were lost on the way.
    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        if (happened is not PairingEvents.Paired { Peer: { Sponsor: { } sponsor } peer } || sponsor.DeviceId != device.Id)
            return;
        var code = PairingCode.Of(peer.PublicKey);
        var given = Count(_given, (device, code));
        if (given > _invited.GetValueOrDefault((device, code)))
            Alarm($"{device.Name} paired {World.NameOf(peer.DeviceId)} {given} times, and invited it less often");
    }

    internal override void OnGiven(Invitation invitation, DeviceId to, DeviceCertificate certificate)
    {
        var token = invitation.Token;
        if (invitation.Given.Count > 1)
            Alarm($"{invitation.By.Name} gave {invitation.Given.Count} certificates for one invitation");
        if (certificate.IssuedAt + ClockSkew.Allowed > token.ExpiresAt)
            Alarm($"{invitation.By.Name} gave a certificate {(certificate.IssuedAt + ClockSkew.Allowed - token.ExpiresAt).TotalSeconds:0} s after its invitation had expired");
        if (PairingCode.Of(certificate.PublicKey) != token.Code)
            Alarm($"{World.NameOf(to)} got a certificate for the invitation of another");
    }

    private static int Count<T>(Dictionary<T, int> counts, T of) where T : notnull => counts[of] = counts.GetValueOrDefault(of) + 1;
}
