using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage;
using OpenShare.Protocol.Pairing;

namespace OpenShare.Device.Pairing;

/// <summary>Taking back what this device gave, and hearing of what others took back.</summary>
internal sealed partial class PairingActor
{
    private void ReceiveWithdrawals()
    {
        ReceiveAsync<PairingCommands.Withdraw>(OnWithdraw);
        ReceiveAsync<PeerEvents.WithdrawalsOffered>(m => m.DealtWith(() => OnOffered(m)));
    }

    private async Task OnWithdraw(PairingCommands.Withdraw withdraw)
    {
        var asker = Sender;
        try
        {
            var given = await _context.Workers.Run(() => _database.Pairing.GivenTo(withdraw.Device, _context.Now));
            if (_identity is not { } own || given.Count == 0)
            {
                asker.Tell(new WithdrawOutcome.NotSponsored());
                return;
            }
            await Keep([.. given.Select(g => Withdrawal.Create(own.Key, own.Certificate, g.Sha256, g.ExpiresAt))]);
            _context.Events.Publish(new PairingEvents.Withdrawn(withdraw.Device));
            asker.Tell(new WithdrawOutcome.Withdrawn());
        }
        catch (StorageException error)
        {
            asker.Tell(new WithdrawOutcome.NotStored(error.Message));
        }
    }

    private async Task OnOffered(PeerEvents.WithdrawalsOffered offer)
    {
        try
        {
            if (_identity is { } own && Withdrawal.Verified(offer.Withdrawals, own.Trust, own.Certificate.Account, Now) is { Count: > 0 } good)
                await Keep(good);
        }
        catch (StorageException error)
        {
            _log.Warning("What another device took back cannot be stored, and is not in force here: {0}", error.Message);
        }
    }

    // Told on to everybody by whoever it is news to, and by nobody else: that comes to an end.
    private async Task Keep(IReadOnlyList<Withdrawal> withdrawals)
    {
        var (isNew, standing) = await _context.Workers.Run(() => (_database.Pairing.Add(withdrawals, _context.Now), Standing(_database.Pairing)));
        if (isNew)
            _context.Events.Publish(standing);
    }
}
