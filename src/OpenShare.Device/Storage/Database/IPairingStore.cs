using System.Collections.Immutable;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;

namespace OpenShare.Device.Storage.Database;

/// <summary>
/// Invitations that this device made, certificates that it gave, and those that were taken back, by whomever. Everything is
/// durable when a call returns. Bounded: invitations are kept for a day past their end, so that whoever comes late is told why;
/// the rest for as long as such a certificate could be good.
/// </summary>
public interface IPairingStore
{
    /// <summary>Invitations that are kept; beyond these the oldest is forgotten.</summary>
    const int MostInvitations = 64;

    void Save(PairingToken invitation, DateTimeOffset now);

    /// <summary>Of every invitation that is kept.</summary>
    ImmutableHashSet<PairingCode> Invited();

    /// <summary>Spends the nonce and keeps what it was spent for, in one: of any number at once one succeeds.</summary>
    SpendOutcome Spend(PairingNonce nonce, DeviceCertificate provisional, DateTimeOffset now);

    /// <returns>certificates that this device gave to that one, by the hash of their payload, and when they end</returns>
    IReadOnlyList<(string Sha256, DateTimeOffset ExpiresAt)> GivenTo(DeviceId device, DateTimeOffset now);

    /// <param name="withdrawals">verified; of one sponsor <see cref="Withdrawal.Most"/> are kept</param>
    /// <returns>true: one of them is new</returns>
    bool Add(IReadOnlyList<Withdrawal> withdrawals, DateTimeOffset now);

    ImmutableArray<Withdrawal> Withdrawals();
}
