using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Database;

/// <summary>What became of a transfer's entries, and of their names.</summary>
public interface IOutcomeStore
{
    /// <summary>A later outcome of an entry replaces an earlier one.</summary>
    void Save(TransferNo transfer, IReadOnlyCollection<EntryOutcome> outcomes);

    /// <summary>The same, before anybody is told.</summary>
    void SaveDurably(TransferNo transfer, IReadOnlyCollection<EntryOutcome> outcomes);

    /// <returns>by entry number</returns>
    IReadOnlyList<EntryOutcome> All(TransferNo transfer);

    /// <summary>Durably, before anything is renamed, and with the names what was refused until then.</summary>
    void SaveNames(TransferNo transfer, IReadOnlyCollection<ChosenName> names, IReadOnlyCollection<EntryOutcome> refused);

    IReadOnlyList<ChosenName> Names(TransferNo transfer);
}
