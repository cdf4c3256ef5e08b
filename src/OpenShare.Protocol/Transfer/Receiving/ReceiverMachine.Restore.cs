using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>How it begins: with what was kept before a restart.</summary>
public sealed partial class ReceiverMachine
{
    /// <exception cref="ProtocolException">what was kept does not hold together</exception>
    public static ReceiverMachine Restore(ReceiverSetup setup, ReceiverRecord record)
    {
        var machine = new ReceiverMachine(setup) { State = record.State, Reason = record.Reason, _receipt = record.Receipt };
        foreach (var blob in record.Pages)
        {
            if (machine._reader.Read(blob) is not PageReading.Accepted { Page: var page })
                throw new ProtocolException("The stored file list of this transfer is damaged. It has to be sent again.");
            machine.Claim(page);
            machine.LeaveOutAbandoned(page);
            machine._ledger.Store(page, record.Held.Ranges(page.FirstOrdinal, page.Chunks.End), areReused: false);
            machine._repeated.Add(machine.Manifest!, page);
        }
        var entries = machine.Manifest?.Entries.Count ?? 0;
        foreach (var (entry, reason) in record.Withdrawn.Where(w => w.Key < entries))
            machine.Withdraw(entry, reason);
        foreach (var refused in record.Refused.Where(r => r.EntryNumber < entries))
            machine.Refuse(refused);
        machine.State = StateWith(record.State, machine.Manifest is not null || record.Receipt is not null);
        if (machine.State is ReceiverState.Delivering or ReceiverState.Completed && record.Receipt is null)
            throw new ProtocolException("The stored receipt of this transfer is missing. It has to be sent again.");
        machine._owesLastWord = machine.State > ReceiverState.Completed;
        return machine;
    }

    // A page is kept some time after it arrived. Where a restart came between, the sender's offer is heard, and decided, anew.
    private static ReceiverState StateWith(ReceiverState kept, bool hasBegun) => kept switch
    {
        ReceiverState.AwaitingOffer when hasBegun => ReceiverState.Deciding,
        ReceiverState.Deciding or ReceiverState.Receiving when !hasBegun => ReceiverState.AwaitingOffer,
        ReceiverState.Settling => StateWith(ReceiverState.Receiving, hasBegun),
        ReceiverState.Placing when !hasBegun => throw new ProtocolException("The stored file list of this transfer is missing. It has to be sent again."),
        _ => kept,
    };

    private void OnStarted()
    {
        if (_receipt is not null && State is ReceiverState.Receiving or ReceiverState.Placing)
            SetState(ReceiverState.Delivering);
        else if (IsTooMuch)
            RefuseTooMuch();
        else if (State == ReceiverState.Placing)
            Emit(new ReceiverEffect.PlaceEntries(_ledger.LeftOut));
        else if (State == ReceiverState.Deciding)
            AskForDecision();
        SettleWhenWhole();
    }
}
