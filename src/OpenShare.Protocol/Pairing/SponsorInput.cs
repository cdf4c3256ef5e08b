using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>What the shell tells a <see cref="SponsorMachine"/>.</summary>
public abstract record SponsorInput
{
    private SponsorInput() { }

    /// <summary>A person wants the device of this code to be paired.</summary>
    /// <param name="Addresses">where this device is reached</param>
    public sealed record Invite(PairingCode Code, ProvisionalScope Scope, ImmutableArray<IPEndPoint> Addresses) : SponsorInput
    {
        /// <summary>The device was chosen from those that are heard, and nobody has typed its code.</summary>
        public bool IsByAnnouncement { get; init; }
    }

    /// <summary>The invitation is on disk.</summary>
    public sealed record InvitationStored(PairingToken Token) : SponsorInput;

    public sealed record InvitationNotStored(string Detail) : SponsorInput;

    /// <summary>A device that has proven its key is there.</summary>
    /// <param name="Visit">the shell's number for its connection</param>
    /// <param name="Introduction">what it showed in its handshake</param>
    public sealed record Opened(int Visit, DeviceCertificate Introduction, SessionId Session) : SponsorInput
    {
        /// <summary>The invitation that goes to it on this connection, which this device has made; null: it came by itself.</summary>
        public PairingNonce? Offered { get; init; }
    }

    /// <summary>It said something.</summary>
    public sealed record Heard(int Visit, Control Message) : SponsorInput;

    /// <summary>What this side's person says of the two screens.</summary>
    public sealed record Compared(int Visit, bool IsSame) : SponsorInput;

    /// <summary>It has left, or said nothing for too long.</summary>
    public sealed record Left(int Visit) : SponsorInput;

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
