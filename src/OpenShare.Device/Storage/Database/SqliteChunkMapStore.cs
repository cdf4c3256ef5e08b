using Dapper;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqliteChunkMapStore(SqliteGate gate) : IChunkMapStore
{
    private readonly KeptStatement _saveWritten = gate.Keep(
        "UPDATE chunk_maps SET written = @bits, epoch = @epoch WHERE transfer = @no AND page = @page AND length(written) = length(@bits)", "@no", "@page", "@bits", "@epoch");

    public IReadOnlyList<ChunkMap> Load(TransferNo transfer, string epoch) =>
        [.. gate.Read(c => c.Query<Row>(
            "SELECT page, first_chunk AS First, chunks, written, durable, epoch FROM chunk_maps WHERE transfer = @Value ORDER BY page", transfer))
            .Select(row => row.ToMap(epoch))];

    public void SaveWritten(TransferNo transfer, string epoch, IReadOnlyCollection<(uint Page, byte[] Written)> maps) => gate.Write(_ =>
    {
        foreach (var (page, written) in maps)
            _saveWritten.Run(transfer.Value, (long)page, written, epoch);
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
            var row = c.QuerySingle<Row>(
                "SELECT page, first_chunk AS First, chunks, written, durable, epoch FROM chunk_maps WHERE transfer = @No AND page = @Page", key);
            c.Execute(
                "UPDATE chunk_maps SET written = @Written, durable = @Durable WHERE transfer = @No AND page = @Page",
                new { key.No, key.Page, Written = ChunkBits.Except(row.Written, lost), Durable = ChunkBits.Except(row.Durable, lost) });
        }
    });

    public void ForgetUnsynced(TransferNo transfer) => gate.WriteDurably(c => c.Execute("UPDATE chunk_maps SET written = durable WHERE transfer = @Value", transfer));

    private sealed record Row(long Page, long First, long Chunks, byte[] Written, byte[] Durable, string Epoch)
    {
        internal ChunkMap ToMap(string epoch)
        {
            var known = ChunkBits.Or(Written, Durable);
            var trusted = Epoch == epoch ? known : Durable;
            return new ChunkMap(
                (uint)Page, new ChunkSpan(Columns.Unsigned(First), (int)Chunks), trusted, Durable, ChunkBits.Except(known, trusted));
        }
    }
}
