using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>What a <see cref="JoinMachine"/> asks its shell to do, in this order.</summary>
public abstract record JoinEffect
{
    private JoinEffect() { }

    /// <summary>Connect to the sponsor and do the handshake for pairing; answer Connected, HandshakeRefused or Cut.</summary>
    public sealed record Dial(ImmutableArray<IPEndPoint> Addresses, DeviceId Sponsor) : JoinEffect;

    public sealed record Send(PairingRequest Request) : JoinEffect;

    /// <summary>Store durably and put in force; answer Stored or NotStored.</summary>
    public sealed record Store(PairedDevice Paired) : JoinEffect;

    /// <summary>It is over: close the connection, and tell the person.</summary>
    public sealed record End(JoinOutcome Outcome) : JoinEffect;
}

/// <summary>What came of a try to be paired.</summary>
public abstract record JoinOutcome
{
    private JoinOutcome() { }

    public sealed record Paired(DeviceCertificate Certificate) : JoinOutcome;

    /// <summary>Nothing was sent: the person must first compare the sponsor's fingerprint with what its screen shows.</summary>
    public sealed record SponsorUnknown(DeviceCertificate Sponsor) : JoinOutcome;

    /// <summary>Nothing was sent: the fingerprint that the person gave is another's.</summary>
    public sealed record OtherFingerprint(DeviceCertificate Sponsor) : JoinOutcome;

    /// <param name="ByPeer">the sponsor said so</param>
    public sealed record Refused(PairingRefusal Refusal, bool ByPeer) : JoinOutcome;

    public sealed record Unreachable(string Detail) : JoinOutcome;
}
