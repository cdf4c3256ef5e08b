using System.Net;
using OpenShare.Device.Pairing;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Simulation.Devices;

/// <summary>What its user does about pairing.</summary>
public sealed partial class SimulatedDevice
{
    /// <summary>Before it is started for the first time: its code is known then.</summary>
    internal void MakeKey() => Keys.Save(SigningKey.Create(new SeededRandom(HashSeed.Of(Seed, 0))));

    internal void Invite(SimulatedDevice newcomer, ProvisionalScope scope, Action<InviteOutcome> answered) => Ask(
        new PairingCommands.Invite(PairingCode.Of(newcomer.Keys.Load()!.PublicKey), scope, [new IPEndPoint(Host.Address, DeviceProcess.Port)]), answered);

    /// <summary>With the fingerprint of the token's sponsor, compared.</summary>
    /// <param name="answered">told a <see cref="JoinOutcome"/>, or that another try is under way</param>
    internal void Join(PairingToken token, Action<object> answered) =>
        Ask(new PairingCommands.Join(token, Keys.Load()!, token.Addresses, token.Sponsor.PublicKey.KeyId), answered);

    internal void Withdraw(DeviceId newcomer, Action<WithdrawOutcome> answered) => Ask(new PairingCommands.Withdraw(newcomer), answered);

    private void Ask<T>(object command, Action<T> answered) => Running.Tell(new ProcessRoot.Question(command, answer => answered((T)answer)));
}
