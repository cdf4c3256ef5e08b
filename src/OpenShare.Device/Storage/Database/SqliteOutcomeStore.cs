using Dapper;
using Microsoft.Data.Sqlite;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqliteOutcomeStore(SqliteGate gate) : IOutcomeStore
{
    public void Save(TransferNo transfer, IReadOnlyCollection<EntryOutcome> outcomes) => gate.Write(c => Save(c, transfer, outcomes));

    public void SaveDurably(TransferNo transfer, IReadOnlyCollection<EntryOutcome> outcomes) => gate.WriteDurably(c => Save(c, transfer, outcomes));

    public IReadOnlyList<EntryOutcome> All(TransferNo transfer) =>
        [.. gate.Read(c => c.Query<OutcomeRow>(
            "SELECT entry_no AS EntryNo, outcome, stored_as AS StoredAs, detail FROM outcomes WHERE transfer = @Value ORDER BY entry_no", transfer))
            .Select(row => new EntryOutcome
            {
                EntryNo = (uint)row.EntryNo,
                Outcome = (EntryOutcome.Types.Outcome)row.Outcome,
                StoredAs = row.StoredAs,
                Detail = row.Detail,
            })];

    public void SaveNames(TransferNo transfer, IReadOnlyCollection<ChosenName> names, IReadOnlyCollection<EntryOutcome> refused) => gate.WriteDurably(c =>
    {
        Save(c, transfer, refused);
        c.Execute(
            "INSERT OR REPLACE INTO chosen_names VALUES (@No, @Top, @Name, @Inode, @BirthNs)",
            names.Select(n => new { No = transfer.Value, n.Top, n.Name, Inode = Columns.Of(n.Key.Inode), n.Key.BirthNs }));
    });

    public IReadOnlyList<ChosenName> Names(TransferNo transfer) =>
        [.. gate.Read(c => c.Query<NameRow>(
            "SELECT top, name, inode, birth_ns AS BirthNs FROM chosen_names WHERE transfer = @Value ORDER BY top", transfer))
            .Select(row => new ChosenName(row.Top, row.Name, new FileKey(Columns.Unsigned(row.Inode), row.BirthNs)))];

    private static int Save(SqliteConnection connection, TransferNo transfer, IReadOnlyCollection<EntryOutcome> outcomes) => connection.Execute(
        "INSERT OR REPLACE INTO outcomes VALUES (@No, @EntryNo, @Outcome, @StoredAs, @Detail)",
        outcomes.Select(o => new { No = transfer.Value, EntryNo = (long)o.EntryNo, Outcome = (long)o.Outcome, o.StoredAs, o.Detail }));

    private sealed record OutcomeRow(long EntryNo, long Outcome, string StoredAs, string Detail);

    private sealed record NameRow(string Top, string Name, long Inode, long BirthNs);
}
