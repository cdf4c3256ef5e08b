using Dapper;
using OpenShare.Device.Storage.Disk;

namespace OpenShare.Device.Storage.Database;

/// <param name="mostRows">each of a file, or of a GiB of a large one</param>
/// <param name="mostBytes">of hashes: 32 for each chunk of 1 MiB</param>
internal sealed class SqliteHashStore(SqliteGate gate, int mostRows = 65_536, long mostBytes = 64L * 1024 * 1024) : IHashStore
{
    public byte[]? Find(FileIdentity file, long stretch, int chunkSize) => gate.Read(c => c.QuerySingleOrDefault<byte[]>(
        """
        SELECT hashes FROM hash_cache WHERE device = @Device AND inode = @Inode AND stretch = @Number
            AND size = @Size AND mtime_ns = @MtimeNs AND ctime_ns = @CtimeNs AND chunk_size = @ChunkSize
        """,
        Row.Of(new HashedStretch(file, stretch, chunkSize, []))));

    public void Save(IReadOnlyCollection<HashedStretch> stretches) => gate.Write(c =>
    {
        c.Execute(
            "INSERT OR REPLACE INTO hash_cache VALUES (@Device, @Inode, @Number, @Size, @MtimeNs, @CtimeNs, @ChunkSize, @Hashes)",
            stretches.Select(Row.Of));
        // Row numbers grow with each insert: the lowest are the oldest.
        c.Execute(
            """
            DELETE FROM hash_cache WHERE rowid IN (SELECT id FROM (
                SELECT rowid AS id, row_number() OVER newest AS n, sum(length(hashes)) OVER newest AS bytes
                FROM hash_cache WINDOW newest AS (ORDER BY rowid DESC)) WHERE n > @mostRows OR bytes > @mostBytes)
            """,
            new { mostRows, mostBytes });
    });

    public void Forget(FileIdentity file) => gate.Write(c => c.Execute(
        "DELETE FROM hash_cache WHERE device = @Device AND inode = @Inode", Row.Of(new HashedStretch(file, 0, 0, []))));

    private sealed record Row(long Device, long Inode, long Number, long Size, long MtimeNs, long CtimeNs, long ChunkSize, byte[] Hashes)
    {
        internal static Row Of(HashedStretch stretch) => new(
            Columns.Of(stretch.File.Device), Columns.Of(stretch.File.Inode), stretch.Number, stretch.File.Size, stretch.File.MtimeNs, stretch.File.CtimeNs,
            stretch.ChunkSize, stretch.Hashes);
    }
}
