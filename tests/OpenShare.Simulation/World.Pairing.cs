using OpenShare.Device.Hosting;
using OpenShare.Device.Pairing;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Scenarios;

namespace OpenShare.Simulation;

/// <summary>Devices that pair others: what their people do, and what came of it.</summary>
public sealed partial class World
{
    private readonly List<SimulatedDevice> _newcomers = [];
    private readonly List<Invitation> _invitations = [];
    private readonly List<DeviceCertificate> _given = [];
    private readonly HashSet<string> _withdrawn = [];
    private int _intruders;

    /// <summary>Machines whose devices were never registered, and are paired.</summary>
    public IReadOnlyList<SimulatedDevice> Newcomers => _newcomers;

    /// <summary>All that were ever shown.</summary>
    public IReadOnlyList<Invitation> Invitations => _invitations;

    /// <summary>Puts a machine on a network, with a device that has a key and nothing else. It does not reach the registration service.</summary>
    public SimulatedDevice AddNewcomer(string name)
    {
        var device = AddMachine(name);
        device.MakeKey();
        device.ReachesService = false;
        _newcomers.Add(device);
        _byId[device.Id] = device;
        device.Start();
        return device;
    }

    /// <summary>As the user of a registered device would.</summary>
    /// <param name="shown">told the invitation, if there is one</param>
    internal void Invite(SimulatedDevice by, SimulatedDevice newcomer, ProvisionalScope scope, Action<Invitation> shown) => by.Invite(newcomer, scope, outcome =>
    {
        Trace.Add(by.Name, $"asked to invite {newcomer.Name}: {outcome.GetType().Name}");
        if (outcome is not InviteOutcome.Invited { Token: var token })
            return;
        var invitation = new Invitation(by, token);
        _invitations.Add(invitation);
        foreach (var invariant in _invariants)
            invariant.OnInvited(invitation);
        shown(invitation);
    });

    /// <summary>As the user of a new device would, after comparing the fingerprint.</summary>
    internal void Join(SimulatedDevice newcomer, Invitation invitation, Action<DeviceCertificate> paired) => newcomer.Join(invitation.Token, outcome =>
    {
        Trace.Add(newcomer.Name, $"asked to be paired by {invitation.By.Name}: {Detail(outcome)}");
        if (outcome is not JoinOutcome.Paired { Certificate: var certificate })
            return;
        Give(invitation, newcomer.Id, certificate);
        foreach (var invariant in _invariants)
            invariant.OnPaired(newcomer, certificate);
        paired(certificate);
    });

    /// <summary>As the user of the device that gave it would.</summary>
    internal void Withdraw(SimulatedDevice by, SimulatedDevice newcomer) => by.Withdraw(newcomer.Id, outcome =>
    {
        Trace.Add(by.Name, $"asked to take {newcomer.Name} back: {outcome.GetType().Name}");
        if (outcome is not WithdrawOutcome.Withdrawn)
            return;
        _withdrawn.UnionWith(_given.Where(c => c.Sponsor!.DeviceId == by.Id && c.DeviceId == newcomer.Id).Select(c => c.PayloadSha256));
        Spoil(newcomer);
    });

    /// <summary>Somebody with a program of his own, and the key of a device that was invited, asks for what an invitation is good for.</summary>
    internal void AskByHand(SimulatedDevice keyOf, Invitation invitation)
    {
        Fault($"somebody with the key of {keyOf.Name} asks {invitation.By.Name} by hand, with the invitation for {invitation.Token.Code}");
        Intruder(invitation.By).Ask(keyOf.Keys.Load()!, invitation, certificate => Give(invitation, keyOf.Id, certificate));
    }

    /// <summary>Somebody who was vouched for by a device that is provisional itself dials another.</summary>
    internal void DialAtSecondHand(SimulatedDevice provisional, SimulatedDevice victim)
    {
        Fault($"somebody who was paired by {provisional.Name} dials {victim.Name}");
        Intruder(victim).DialAtSecondHand(provisional.Identity!, victim);
    }

    /// <summary>It holds a provisional certificate that nobody took back, and whose sponsor was not revoked.</summary>
    internal bool IsInGoodStanding(SimulatedDevice newcomer) =>
        newcomer.Identity?.Certificate is { Sponsor: { } sponsor } own && !_withdrawn.Contains(own.PayloadSha256) && !_forbidden.Contains(sponsor.DeviceId);

    /// <summary>What this device sends and is sent now may come to no good end.</summary>
    internal void Spoil(SimulatedDevice device)
    {
        foreach (var delivery in _deliveries.Where(d => !d.IsEnded && (d.From == device || d.To == device)))
            delivery.Forbid();
    }

    // What a sponsor gives may be on its way when it is taken back, and come to the new device after that.
    private void NoteGiven(SimulatedDevice device, IDeviceEvent happened)
    {
        if (happened is PairingEvents.Paired { Peer: { Sponsor: { } sponsor } given } && sponsor.DeviceId == device.Id)
            _given.Add(given);
    }

    private Intruder Intruder(SimulatedDevice near) =>
        new(this, near.Host.Segment.Attach($"intruder-{++_intruders}", FreshAddress()), SeedOf(-1_000 - _intruders));

    private void Give(Invitation invitation, DeviceId to, DeviceCertificate certificate)
    {
        invitation.Given.Add(certificate);
        foreach (var invariant in _invariants)
            invariant.OnGiven(invitation, to, certificate);
    }

    private static string Detail(object outcome) => outcome switch
    {
        JoinOutcome.Refused refused => $"refused: {refused.Refusal.Detail}",
        JoinOutcome.Unreachable unreachable => unreachable.Detail,
        _ => outcome.GetType().Name,
    };
}
