using Dapper;
using Microsoft.Data.Sqlite;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqliteManifestStore(SqliteGate gate) : IManifestStore
{
    public bool Append(
        TransferNo transfer, uint page, ReadOnlySpan<byte> signedPage, ChunkSpan? chunks = null, IReadOnlyList<SourceIdentity>? identities = null)
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
                    "INSERT INTO chunk_maps VALUES (@No, @page, @First, @Count, zeroblob(@Size), zeroblob(@Size))",
                    new { No = transfer.Value, page = (long)page, First = Columns.Of(span.First), Count = (long)span.Count, Size = ChunkBits.Size(span.Count) });
            }

            if (inOrder && identities is [var first, ..])
            {
                c.Execute(
                    "INSERT OR REPLACE INTO identity_runs VALUES (@No, @First, @run)",
                    new { No = transfer.Value, First = (long)first.EntryNo, run = IdentityRun.Pack(identities) });
            }

            return inOrder;
        }
    }

    public uint Count(TransferNo transfer) =>
        (uint)gate.Read(c => c.QuerySingle<long>("SELECT count(*) FROM manifest_pages WHERE transfer = @Value", transfer));

    public byte[]? Read(TransferNo transfer, uint page) => gate.Read(c => c.QuerySingleOrDefault<byte[]>(
        "SELECT signed FROM manifest_pages WHERE transfer = @No AND page = @page", new { No = transfer.Value, page = (long)page }));

    public IReadOnlyList<SourceIdentity> Identities(TransferNo transfer, uint entryNo) => IdentityRun.Unpack(gate.Read(c => c.QuerySingleOrDefault<byte[]>(
        "SELECT identities FROM identity_runs WHERE transfer = @No AND first_entry <= @entryNo ORDER BY first_entry DESC LIMIT 1",
        new { No = transfer.Value, entryNo = (long)entryNo })));
}
