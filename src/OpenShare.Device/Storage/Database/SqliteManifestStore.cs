using Dapper;
using Microsoft.Data.Sqlite;
using OpenShare.Device.Storage.Disk;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqliteManifestStore(SqliteGate gate) : IManifestStore
{
    public bool Append(
        TransferNo transfer, uint page, ReadOnlySpan<byte> signedPage, ChunkSpan? chunks = null, IReadOnlyCollection<SourceIdentity>? identities = null)
    {
        var signed = signedPage.ToArray();
        // A receiver may hold on to a sender's pages: without them the sender could not go on with that transfer.
        return chunks is null ? gate.WriteDurably(Insert) : gate.Write(Insert);

        bool Insert(SqliteConnection c)
        {
            var inOrder = c.Execute(
                """
                INSERT INTO manifest_pages SELECT @No, @page, @signed
                WHERE @page = (SELECT count(*) FROM manifest_pages WHERE transfer = @No)
                """,
                new { No = transfer.Value, page = (long)page, signed }) > 0;
            if (inOrder && chunks is { } span)
            {
                c.Execute(
                    "INSERT INTO chunk_maps VALUES (@No, @page, @First, @Count, zeroblob(@Size), zeroblob(@Size), '')",
                    new { No = transfer.Value, page = (long)page, First = Columns.Of(span.First), Count = (long)span.Count, Size = ChunkBits.Size(span.Count) });
            }

            if (inOrder && identities is not null)
                c.Execute("INSERT OR REPLACE INTO source_identities VALUES (@No, @EntryNo, @Size, @MtimeNs, @CtimeNs, @Inode, @Device)", identities.Select(i => Row.Of(transfer, i)));
            return inOrder;
        }
    }

    public uint Count(TransferNo transfer) =>
        (uint)gate.Read(c => c.QuerySingle<long>("SELECT count(*) FROM manifest_pages WHERE transfer = @Value", transfer));

    public byte[]? Read(TransferNo transfer, uint page) => gate.Read(c => c.QuerySingleOrDefault<byte[]>(
        "SELECT signed FROM manifest_pages WHERE transfer = @No AND page = @page", new { No = transfer.Value, page = (long)page }));

    public IReadOnlyList<SourceIdentity> Identities(TransferNo transfer, uint from, int count) => gate.Read(c => c.Query<Row>(
        """
        SELECT transfer AS No, entry_no AS EntryNo, size, mtime_ns AS MtimeNs, ctime_ns AS CtimeNs, inode, device
        FROM source_identities WHERE transfer = @No AND entry_no >= @from ORDER BY entry_no LIMIT @count
        """,
        new { No = transfer.Value, from = (long)from, count }).Select(r => r.Source).ToList());

    private sealed record Row(long No, long EntryNo, long Size, long MtimeNs, long CtimeNs, long Inode, long Device)
    {
        internal static Row Of(TransferNo transfer, SourceIdentity source)
        {
            var id = source.Identity;
            return new Row(transfer.Value, source.EntryNo, id.Size, id.MtimeNs, id.CtimeNs, Columns.Of(id.Inode), Columns.Of(id.Device));
        }

        internal SourceIdentity Source => new((uint)EntryNo, new FileIdentity(Size, MtimeNs, CtimeNs, Columns.Unsigned(Inode), Columns.Unsigned(Device)));
    }
}
