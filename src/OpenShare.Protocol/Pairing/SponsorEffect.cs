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

    /// <summary>Spend the nonce durably, and keep the certificate with it; answer Spent. Nothing was given yet.</summary>
    public sealed record Spend(int Visit, PairingNonce Nonce, DeviceCertificate Provisional) : SponsorEffect;

    /// <summary>Send it, and say goodbye.</summary>
    public sealed record Answer(int Visit, PairingAnswer Message) : SponsorEffect;

    /// <summary>A device was paired: tell everybody.</summary>
    public sealed record Paired(int Visit, DeviceCertificate Provisional) : SponsorEffect;

    /// <summary>A device asked and was refused: for this side's person.</summary>
    public sealed record Refused(DeviceCertificate Introduction, PairingRefusal Refusal) : SponsorEffect;
}
