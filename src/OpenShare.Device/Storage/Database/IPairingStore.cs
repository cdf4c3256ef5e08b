using System.Collections.Immutable;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;

namespace OpenShare.Device.Storage.Database;

/// <summary>
/// Invitations that this device made, and devices that it sponsored. Everything is durable when a call returns. Bounded:
/// invitations are kept for a day past their end, so that whoever comes late is told why; sponsored devices for as long
/// as their certificates could be good.
/// </summary>
public interface IPairingStore
{
    /// <summary>Invitations that are kept; beyond these the oldest is forgotten.</summary>
    const int MostInvitations = 64;

    void Save(PairingToken invitation, DateTimeOffset now);

    /// <summary>Of every invitation that is kept.</summary>
    ImmutableHashSet<PairingCode> Invited();

    /// <summary>Spends the nonce and keeps whom it was spent for, in one: of any number at once one succeeds.</summary>
    SpendOutcome Spend(PairingNonce nonce, DeviceCertificate provisional, DateTimeOffset now);

    /// <returns>false: this device has sponsored none of that id</returns>
    bool Withdraw(DeviceId device);

    /// <summary>Devices whose provisional certificates were taken back.</summary>
    ImmutableHashSet<DeviceId> Withdrawn();
}
