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

    public sealed record Send(Control Message) : JoinEffect;

    /// <summary>Show the code.</summary>
    /// <param name="IsAsked">and answer Compared, once the person has said it</param>
    public sealed record Compare(ShortCode Code, DeviceCertificate Sponsor, bool IsAsked) : JoinEffect;

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

    /// <summary>Nothing was sent: nobody is there to compare the short code, nor has said the sponsor's fingerprint.</summary>
    public sealed record SponsorUnknown(DeviceCertificate Sponsor) : JoinOutcome;

    /// <summary>Nothing was sent: the fingerprint that the person gave is another's.</summary>
    public sealed record OtherFingerprint(DeviceCertificate Sponsor) : JoinOutcome;

    /// <summary>The person says that the other screen shows another code, or said nothing. Nothing was taken from there.</summary>
    public sealed record NotCompared(DeviceCertificate Sponsor) : JoinOutcome;

    /// <param name="ByPeer">the sponsor said so</param>
    public sealed record Refused(PairingRefusal Refusal, bool ByPeer) : JoinOutcome;

    public sealed record Unreachable(string Detail) : JoinOutcome;
}
