using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Storage.Database;

/// <param name="mostFiles">each some 200 bytes and its path</param>
/// <param name="mostChunks">each some 60 bytes</param>
/// <param name="mostPathBytes">of all paths together</param>
/// <param name="countEvery">so many chunks and files may be too many until they are counted again</param>
internal sealed class SqliteContentStore(
    SqliteGate gate, int mostFiles = 65_536, long mostChunks = 512 * 1024, long mostPathBytes = 16 * 1024 * 1024, int countEvery = 4096)
    : IContentStore
{
    private const int Candidates = 3;

    private const string Select =
        "SELECT no, path, inode, birth_ns AS BirthNs, size, mtime_ns AS MtimeNs, content_cut AS ContentCut FROM content_files";

    private long _uncounted = countEvery;

    // A cross join is SQLite's word for 'in this order': from the files on it would look at all of their chunks.
    public IReadOnlyList<ContentPlace> Find(AccountId account, long hash, int length) => gate.Read(c => c.Query<PlaceRow>(
        """
        SELECT no, path, inode, birth_ns AS BirthNs, size, mtime_ns AS MtimeNs, content_cut AS ContentCut, position
        FROM content_chunks CROSS JOIN content_files ON no = file
        WHERE hash = @hash AND length = @length AND account = @Value ORDER BY file DESC LIMIT @Candidates
        """,
        new { hash, length = (long)length, account.Value, Candidates })
        .Select(r => new ContentPlace(r.ToFile(), new ContentChunk(hash, r.Position, length))).ToList());

    public IReadOnlySet<long> Known(AccountId account, IReadOnlyCollection<long> hashes) => gate.Read(c => c.Query<long>(
        "SELECT hash FROM json_each(@hashes) CROSS JOIN content_chunks ON hash = value CROSS JOIN content_files ON no = file WHERE account = @Value",
        new { hashes = JsonSerializer.Serialize(hashes), account.Value }).ToHashSet());

    public ContentFile? At(AccountId account, string path) => gate.Read(c => c.QuerySingleOrDefault<FileRow>(
        $"{Select} WHERE account = @Value AND path = @path", new { account.Value, path }))?.ToFile();

    public ContentFile? Named(AccountId account, string name) => gate.Read(c => c.QueryFirstOrDefault<FileRow>(
        $"{Select} WHERE account = @Value AND name = @name ORDER BY no DESC LIMIT 1", new { account.Value, name }))?.ToFile();

    public bool HasContentCut(AccountId account, long size) => gate.Read(c => c.ExecuteScalar<long>(
        "SELECT EXISTS (SELECT 1 FROM content_files WHERE account = @Value AND size = @size AND content_cut = 1)", new { account.Value, size })) != 0;

    public void Save(AccountId account, IReadOnlyCollection<(ContentFile File, IReadOnlyList<ContentChunk> Chunks)> files) => gate.Write(c =>
    {
        foreach (var (file, chunks) in files)
            Save(c, account, file, chunks);
        if (_uncounted >= countEvery)
            DropOldest(c);
    });

    public void Forget(ContentFile file) => gate.Write(c => Forget(c, file.No));

    public void Forget(ContentPlace place) => gate.Write(c => c.Execute(
        "DELETE FROM content_chunks WHERE hash = @Hash AND file = @No AND position = @Offset", new { place.Chunk.Hash, place.File.No, place.Chunk.Offset }));

    private void Save(SqliteConnection c, AccountId account, ContentFile file, IReadOnlyList<ContentChunk> chunks)
    {
        if (c.QuerySingleOrDefault<long?>("SELECT no FROM content_files WHERE account = @Value AND path = @Path", new { account.Value, file.Path }) is { } known)
            Forget(c, known);
        var no = c.QuerySingle<long>(
            """
            INSERT INTO content_files VALUES (NULL, @Account, @Path, @Name, @Inode, @BirthNs, @Size, @MtimeNs, @ContentCut, @Chunks) RETURNING no
            """,
            new
            {
                Account = account.Value, file.Path, Name = Path.GetFileName(file.Path), Inode = Columns.Of(file.Key.Inode), file.Key.BirthNs, file.Size,
                file.MtimeNs, ContentCut = file.IsContentCut ? 1L : 0L, Chunks = (long)chunks.Count,
            });
        c.Execute(
            "INSERT OR IGNORE INTO content_chunks VALUES (@Hash, @no, @Offset, @Length)",
            chunks.Select(chunk => new { chunk.Hash, no, chunk.Offset, Length = (long)chunk.Length }));
        _uncounted += chunks.Count + 1;
    }

    private static void Forget(SqliteConnection c, long file) =>
        c.Execute("DELETE FROM content_chunks WHERE file = @file; DELETE FROM content_files WHERE no = @file;", new { file });

    // Numbers grow: the lowest are the oldest.
    private void DropOldest(SqliteConnection c)
    {
        var oldest = c.QuerySingle<long>(
            """
            SELECT coalesce(max(no), 0) FROM (
                SELECT no, row_number() OVER newest AS files, sum(chunks) OVER newest AS chunks, sum(length(CAST(path AS BLOB))) OVER newest AS paths
                FROM content_files WINDOW newest AS (ORDER BY no DESC))
            WHERE files > @mostFiles OR chunks > @mostChunks OR paths > @mostPathBytes
            """,
            new { mostFiles, mostChunks, mostPathBytes });
        if (oldest > 0)
            c.Execute("DELETE FROM content_chunks WHERE file <= @oldest; DELETE FROM content_files WHERE no <= @oldest;", new { oldest });
        _uncounted = 0;
    }

    private record FileRow(long No, string Path, long Inode, long BirthNs, long Size, long MtimeNs, long ContentCut)
    {
        internal ContentFile ToFile() => new(Path, new FileKey(Columns.Unsigned(Inode), BirthNs), Size, MtimeNs, ContentCut != 0) { No = No };
    }

    private sealed record PlaceRow(long No, string Path, long Inode, long BirthNs, long Size, long MtimeNs, long ContentCut, long Position)
        : FileRow(No, Path, Inode, BirthNs, Size, MtimeNs, ContentCut);
}
