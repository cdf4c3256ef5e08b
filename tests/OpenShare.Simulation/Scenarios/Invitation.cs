using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Scenarios;

/// <summary>One invitation that a device showed, and all that anybody ever got for it.</summary>
public sealed class Invitation
{
    internal Invitation(SimulatedDevice by, PairingToken token) => (By, Token) = (by, token);

    public SimulatedDevice By { get; }

    public PairingToken Token { get; }

    internal List<DeviceCertificate> Given { get; } = [];
}
