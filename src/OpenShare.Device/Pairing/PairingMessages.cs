using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Pairing;

/// <summary>Told to the device's <c>pairing</c> actor.</summary>
public static class PairingCommands
{
    /// <summary>Makes an invitation for the device of this code. Answer: <see cref="InviteOutcome"/>, once it is on disk.</summary>
    /// <param name="Addresses">where this device is reached</param>
    public sealed record Invite(PairingCode Code, ProvisionalScope Scope, ImmutableArray<IPEndPoint> Addresses);

    /// <summary>Offers to pair a device that shows itself on the network. Answer: <see cref="InviteOutcome"/>, once both have a code to show.</summary>
    /// <param name="Addresses">where this device is reached</param>
    public sealed record InviteFound(DeviceId Device, ProvisionalScope Scope, ImmutableArray<IPEndPoint> Addresses);

    /// <summary>Shows this device on the network for a while, where it has no certificate, and takes the offers of those who find it. Answer: <see cref="Showing"/>.</summary>
    /// <param name="Key">this device's own</param>
    public sealed record Show(ISigner Key);

    /// <param name="Until">null: it has a certificate, or is not on the network</param>
    public sealed record Showing(DateTimeOffset? Until);

    /// <summary>What this side's person says of the two screens. Answer: <see cref="ComparisonTaken"/>.</summary>
    public sealed record Compare(int Comparison, bool IsSame);

    /// <param name="IsKnown">false: there is no such comparison, or it is over</param>
    public sealed record ComparisonTaken(bool IsKnown);

    /// <summary>Has this device be paired. Answer: <see cref="JoinOutcome"/>, or <see cref="JoinUnderWay"/>.</summary>
    /// <param name="Key">this device's own</param>
    /// <param name="Addresses">the token's, as they are dialled from here</param>
    /// <param name="Fingerprint">of the sponsor's key, where a person has compared it</param>
    public sealed record Join(PairingToken Token, ISigner Key, ImmutableArray<IPEndPoint> Addresses, string? Fingerprint)
    {
        /// <summary>That this device is to have; null: the one that it has where it has no certificate.</summary>
        public string? Name { get; init; }

        /// <summary>Somebody is at the screen who can compare the short code.</summary>
        public bool IsAttended { get; init; }
    }

    /// <summary>Another try has not ended yet.</summary>
    public sealed record JoinUnderWay;

    /// <summary>Takes back what a device was given here. Answer: <see cref="WithdrawOutcome"/>.</summary>
    public sealed record Withdraw(DeviceId Device);
}

public abstract record InviteOutcome
{
    private InviteOutcome() { }

    public sealed record Invited(PairingToken Token) : InviteOutcome;

    public sealed record Refused(PairingRefusal Refusal) : InviteOutcome;

    public sealed record NotRegistered : InviteOutcome;

    /// <summary>Nobody could reach this device: it does not listen, or at no address.</summary>
    public sealed record NotOnNetwork : InviteOutcome;

    /// <summary>No such device shows itself on the network any more, or it does not answer.</summary>
    public sealed record NotFound(string Detail) : InviteOutcome;
}

public abstract record WithdrawOutcome
{
    private WithdrawOutcome() { }

    public sealed record Withdrawn : WithdrawOutcome;

    /// <summary>This device has paired none of that id, or what it gave has expired.</summary>
    public sealed record NotSponsored : WithdrawOutcome;

    public sealed record NotStored(string Detail) : WithdrawOutcome;
}

public static class PairingEvents
{
    /// <summary>Whom this device has invited, and what devices of the account have taken back.</summary>
    public sealed record StandingChanged(ImmutableHashSet<PairingCode> Invited, ImmutableArray<Withdrawal> Withdrawals) : IDeviceState
    {
        public static readonly StandingChanged None = new([], []);

        public ImmutableHashSet<GivenCertificate> Withdrawn { get; } = [.. Withdrawals.Select(w => w.Certificate)];
    }

    /// <summary>This device shows itself on the network, to be paired.</summary>
    /// <param name="Party">as which it answers then; null: it does not show itself</param>
    public sealed record ShowingChanged(HandshakeParty? Party) : IDeviceState;

    /// <summary>What persons are shown of pairings.</summary>
    public sealed record ComparisonsChanged(ImmutableArray<Comparison> Comparisons) : IDeviceState;

    /// <summary>This device has paired another, or was paired by it.</summary>
    /// <param name="At">where it is reached; null: unknown</param>
    public sealed record Paired(DeviceCertificate Peer, IPEndPoint? At) : IDeviceEvent;

    /// <summary>This device has taken back what it gave to that one.</summary>
    public sealed record Withdrawn(DeviceId Device) : IDeviceEvent;

    /// <summary>A device asked to be paired and was refused.</summary>
    /// <param name="Name">as it says itself</param>
    public sealed record PairingRefused(DeviceId Device, string Name, PairingRefusal Refusal) : IDeviceEvent;

    /// <summary>A device offered to pair this one, and was refused before any code was shown.</summary>
    /// <param name="Name">as it says itself</param>
    public sealed record OfferRefused(DeviceId Device, string Name, PairingRefusal Refusal) : IDeviceEvent;
}
