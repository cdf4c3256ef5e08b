using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>What the shell tells a <see cref="SponsorMachine"/>.</summary>
public abstract record SponsorInput
{
    private SponsorInput() { }

    /// <summary>A person wants the device of this code to be paired.</summary>
    /// <param name="Addresses">where this device is reached</param>
    public sealed record Invite(PairingCode Code, ProvisionalScope Scope, ImmutableArray<IPEndPoint> Addresses) : SponsorInput;

    /// <summary>The invitation is on disk.</summary>
    public sealed record InvitationStored(PairingToken Token) : SponsorInput;

    public sealed record InvitationNotStored(string Detail) : SponsorInput;

    /// <summary>A device that has proven its key asks to be paired.</summary>
    /// <param name="Visit">the shell's number for its connection</param>
    /// <param name="Introduction">what it showed in its handshake</param>
    public sealed record Asked(int Visit, Signed? Token, DeviceCertificate Introduction) : SponsorInput;

    /// <summary>What came of <see cref="SponsorEffect.Spend"/>.</summary>
    public sealed record Spent(int Visit, SpendOutcome Outcome) : SponsorInput;
}

/// <summary>What the disk says of a nonce that is to be spent.</summary>
public abstract record SpendOutcome
{
    private SpendOutcome() { }

    /// <summary>Now, and durably: nobody spends it again.</summary>
    public sealed record Spent : SpendOutcome;

    public sealed record SpentBefore : SpendOutcome;

    public sealed record Unknown : SpendOutcome;

    public sealed record NotStored(string Detail) : SpendOutcome;
}
