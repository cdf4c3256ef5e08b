using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>What a <see cref="SponsorMachine"/> asks its shell to do, in this order.</summary>
public abstract record SponsorEffect
{
    private SponsorEffect() { }

    /// <summary>Store durably; answer InvitationStored or InvitationNotStored.</summary>
    public sealed record StoreInvitation(PairingToken Token) : SponsorEffect;

    /// <summary>It may be shown: it is on disk.</summary>
    public sealed record Show(PairingToken Token) : SponsorEffect;

    /// <summary>No invitation is made, and why.</summary>
    public sealed record RefuseInvitation(PairingRefusal Refusal) : SponsorEffect;

    public sealed record Send(int Visit, Control Message) : SponsorEffect;

    /// <summary>Show the code, and give persons until the deadline for it.</summary>
    /// <param name="IsAsked">and answer Compared, once this side's person has said it</param>
    public sealed record Compare(int Visit, ShortCode Code, PairingToken Token, DeviceCertificate Introduction, bool IsAsked) : SponsorEffect;

    /// <summary>Spend the nonce durably, and keep the certificate with it; answer Spent. Nothing was given yet.</summary>
    public sealed record Spend(int Visit, PairingNonce Nonce, DeviceCertificate Provisional) : SponsorEffect;

    /// <summary>The visit is over: send this where there is something to be said, and say goodbye.</summary>
    public sealed record End(int Visit, PairingAnswer? Message) : SponsorEffect;

    /// <summary>A device was paired: tell everybody.</summary>
    public sealed record Paired(int Visit, DeviceCertificate Provisional) : SponsorEffect;

    /// <summary>A device was refused, or its person refused: for this side's person.</summary>
    public sealed record Refused(int Visit, DeviceCertificate Introduction, PairingRefusal Refusal) : SponsorEffect;
}
