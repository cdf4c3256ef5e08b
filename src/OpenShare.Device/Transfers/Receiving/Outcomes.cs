using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>What is kept of entries that are not stored, so that a later process need not find out again.</summary>
internal static class Outcomes
{
    internal static EntryOutcome Of(EntryNote.NotStored note) => new()
    {
        EntryNo = note.EntryNumber,
        Count = 1,
        Outcome = note is EntryNote.Skipped ? Outcome.Skipped : Outcome.Refused,
        Detail = note.Reason,
    };

    internal static EntryNote.NotStored? NotStored(EntryOutcome outcome) => outcome.Outcome switch
    {
        Outcome.Refused => new EntryNote.Refused(outcome.EntryNo, outcome.Detail),
        Outcome.Skipped => new EntryNote.Skipped(outcome.EntryNo, outcome.Detail),
        _ => null,
    };
}
