using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Sending;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>
/// The turns of all transfers that this device sends to one peer, so that a slow peer holds up what goes to no other.
/// Sessions take them from the threads they run on, under a lock: where nobody waits, a frame costs no message.
/// </summary>
internal sealed class PeerTurns(DeviceContext context)
{
    private readonly Lock _lock = new();
    private readonly SendTurns _turns = new(SendTurns.DefaultRoom);
    private readonly Dictionary<TransferId, IActorRef> _sessions = [];

    /// <summary>The session's own, until it is disposed of; a turn that is waited for comes as <see cref="TransferSignals.TurnCame"/>.</summary>
    internal Place Join(TransferId transfer, IActorRef session)
    {
        lock (_lock)
            _sessions[transfer] = session;
        return new Place(this, transfer);
    }

    private bool Ask(TransferId transfer, long bytes)
    {
        lock (_lock)
            return _turns.Ask(transfer, bytes, context.Steady);
    }

    private void Change(Func<SendTurns, DateTimeOffset, IReadOnlyList<TransferId>> change)
    {
        lock (_lock)
        {
            foreach (var next in change(_turns, context.Steady))
                _sessions[next].Tell(new TransferSignals.TurnCame());
        }
    }

    private void End(TransferId transfer)
    {
        Change((turns, now) => turns.Leave(transfer, now));
        lock (_lock)
            _sessions.Remove(transfer);
    }

    internal sealed class Place(PeerTurns turns, TransferId transfer) : ISendTurns, IDisposable
    {
        public bool Ask(long bytes) => turns.Ask(transfer, bytes);

        public void GiveUp() => turns.Change((t, now) => t.GiveUp(transfer, now));

        public void Settle(long bytes) => turns.Change((t, now) => t.Settle(transfer, bytes, now));

        public void Lose(long bytes) => turns.Change((t, now) => t.Lose(transfer, bytes, now));

        public void Leave() => turns.Change((t, now) => t.Leave(transfer, now));

        /// <summary>The session has ended, whatever it had under way.</summary>
        public void Dispose() => turns.End(transfer);
    }
}
