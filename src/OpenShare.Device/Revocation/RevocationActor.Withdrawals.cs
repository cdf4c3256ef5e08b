using Akka.Event;
using OpenShare.Device.Pairing;
using OpenShare.Device.Registration;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Revocation;

/// <summary>
/// What sponsors took back is told to the service as well, by whichever device reaches it first: else it would register the holder on
/// the sponsor's word. Told again after a restart, which changes nothing there.
/// </summary>
internal sealed partial class RevocationActor
{
    private sealed record WithdrawalTold(GivenCertificate Certificate, string? RegisteredAs);

    private sealed record WithdrawalNotTold(GivenCertificate Certificate, ServiceFailure Failure);

    private readonly LatestCall _withdrawalCall = new();
    private readonly HashSet<GivenCertificate> _told = [];
    private IReadOnlyList<Withdrawal> _withdrawals = [];
    private bool _isTelling;

    // Proven, as nobody is asked for a list who is not.
    private ServiceContact? _asked;

    private void ReceiveWithdrawals()
    {
        Receive<PairingEvents.StandingChanged>(m =>
        {
            _withdrawals = m.Withdrawals;
            _told.IntersectWith(m.Withdrawn);
        });
        Receive<WithdrawalTold>(m =>
        {
            if (m.RegisteredAs is { } device)
                _log.Warning("The device {0} was taken back after the service had registered it on its sponsor's word. Have it revoked there.", device);
            Told(m.Certificate);
        });
        Receive<WithdrawalNotTold>(m =>
        {
            if (m.Failure.IsPassing)
            {
                // The next list that comes says that the service is in reach again.
                _isTelling = false;
                return;
            }
            _log.Warning("The service was told that {0} was taken back, and said no: {1}", m.Certificate.Sha256[..16], m.Failure.Detail);
            Told(m.Certificate);
        });
    }

    private void Told(GivenCertificate certificate)
    {
        _told.Add(certificate);
        _isTelling = false;
        TellWithdrawals();
    }

    /// <summary>The service is in reach: it has just answered.</summary>
    private void TellWithdrawals()
    {
        if (_isTelling || _asked is not { } contact || _withdrawals.FirstOrDefault(w => !_told.Contains(w.Certificate)) is not { } next)
            return;
        _isTelling = true;
        _withdrawalCall.Make(
            Self, cancel => _service.Withdraw(contact, new(next.Blob.ToText()), cancel),
            answer => new WithdrawalTold(next.Certificate, answer.RegisteredAs), failure => new WithdrawalNotTold(next.Certificate, failure));
    }
}
