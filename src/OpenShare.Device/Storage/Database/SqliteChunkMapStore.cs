using Dapper;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqliteChunkMapStore(SqliteGate gate) : IChunkMapStore
{
    private const string Rows = "SELECT page, first_chunk AS First, chunks, written, durable FROM chunk_maps WHERE transfer = @No";

    private readonly KeptStatement _saveWritten = gate.Keep(
        "UPDATE chunk_maps SET written = @bits WHERE transfer = @no AND page = @page AND length(written) = length(@bits)", "@no", "@page", "@bits");

    public IReadOnlyList<ChunkMap> Load(TransferNo transfer) =>
        [.. gate.Read(c => c.Query<Row>(Rows + " ORDER BY page", new { No = transfer.Value })).Select(row => row.ToMap())];

    public void SaveWritten(TransferNo transfer, IReadOnlyCollection<(uint Page, byte[] Written)> maps) => gate.Write(_ =>
    {
        foreach (var (page, written) in maps)
            _saveWritten.Run(transfer.Value, (long)page, written);
    });

    public void SaveDurable(TransferNo transfer, IReadOnlyCollection<(uint Page, byte[] Durable)> maps) =>
        gate.WriteDurably(c => c.Execute(
            "UPDATE chunk_maps SET durable = @Bits WHERE transfer = @No AND page = @Page AND length(durable) = length(@Bits)",
            maps.Select(m => new { No = transfer.Value, Page = (long)m.Page, Bits = m.Durable })));

    public void Forget(TransferNo transfer, IReadOnlyCollection<(uint Page, byte[] Lost)> maps) => gate.WriteDurably(c =>
    {
        foreach (var (page, lost) in maps)
        {
            var key = new { No = transfer.Value, Page = (long)page };
            var row = c.QuerySingle<Row>(Rows + " AND page = @Page", key);
            c.Execute(
                "UPDATE chunk_maps SET written = @Written, durable = @Durable WHERE transfer = @No AND page = @Page",
                new { key.No, key.Page, Written = ChunkBits.Except(row.Written, lost), Durable = ChunkBits.Except(row.Durable, lost) });
        }
    });

    private sealed record Row(long Page, long First, long Chunks, byte[] Written, byte[] Durable)
    {
        internal ChunkMap ToMap() =>
            new((uint)Page, new ChunkSpan(Columns.Unsigned(First), (int)Chunks), ChunkBits.Or(Written, Durable), Durable);
    }
}
