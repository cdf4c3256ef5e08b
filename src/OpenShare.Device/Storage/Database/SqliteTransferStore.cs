using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqliteTransferStore(SqliteGate gate) : ITransferStore
{
    private const string Select =
        """
        SELECT no, direction, peer, transfer_id AS TransferId, state, problem, manifest_id AS ManifestId, paths, destination, created_at AS CreatedAt,
            updated_at AS UpdatedAt, summary, detail, bytes_total AS BytesTotal, bytes_done AS BytesDone, bytes_reused AS BytesReused,
            chunks_total AS ChunksTotal, chunks_done AS ChunksDone, elapsed_ms AS ElapsedMs, paused,
            bytes_per_second AS BytesPerSecond, text, conflict, owes_word AS OwesWord,
            begun_inode AS BegunInode, begun_birth_ns AS BegunBirthNs
        FROM transfers
        """;

    private const string UnderWay = "('Connecting', 'Offered', 'AwaitingAnswer', 'Transferring', 'Paused', 'Waiting', 'Finishing')";

    private const string GoesOn = $"(state IN {UnderWay} OR owes_word = 1)";

    private const string ByKey = "WHERE direction = @Direction AND peer = @Peer AND transfer_id = @TransferId";

    public TransferNo Add(TransferRecord transfer) => gate.WriteDurably(c =>
    {
        var row = Row.Of(0, transfer);
        c.Execute(
            """
            INSERT INTO transfers VALUES (NULL, @Direction, @Peer, @TransferId, @State, @Problem, @ManifestId, @Paths, @Destination, @CreatedAt,
                @UpdatedAt, @Summary, @Detail, @BytesTotal, @BytesDone, @BytesReused, @ChunksTotal, @ChunksDone, @ElapsedMs, @Paused, @BytesPerSecond, @Text, @Conflict, @OwesWord,
                @BegunInode, @BegunBirthNs) ON CONFLICT DO NOTHING
            """,
            row);
        return new TransferNo(c.QuerySingle<long>($"SELECT no FROM transfers {ByKey}", row));
    });

    public void Update(TransferNo no, TransferRecord transfer) => gate.Write(c => Update(c, no, transfer));

    public (TransferNo No, TransferRecord Transfer)? Find(TransferKey key) =>
        gate.Read(c => c.QuerySingleOrDefault<Row>(
            $"{Select} {ByKey}", new { Direction = key.Direction.ToString(), Peer = key.Peer.ToString(), TransferId = key.Transfer.ToString() }))?.ToTransfer();

    public (TransferNo No, TransferRecord Transfer)? Find(TransferId id) => Newest("WHERE transfer_id = @Id", id.ToString());

    public (TransferNo No, TransferRecord Transfer)? Find(ManifestId id) => Newest("WHERE manifest_id = @Id", id.ToString());

    public IReadOnlyList<(TransferNo No, TransferRecord Transfer)> All(int most) =>
        Query($"WHERE no IN (SELECT no FROM transfers ORDER BY no DESC LIMIT {most}) OR {GoesOn} ORDER BY no DESC");

    public IReadOnlyList<(TransferNo No, TransferRecord Transfer)> Unfinished() => Query($"WHERE {GoesOn} ORDER BY no");

    public bool GoesOnWith(DeviceId peer) => gate.Read(c => c.ExecuteScalar<long>(
        $"SELECT EXISTS (SELECT 1 FROM transfers WHERE peer = @Peer AND {GoesOn})", new { Peer = peer.ToString() })) != 0;

    public int CountReceiving(DeviceId peer) => gate.Read(c => c.ExecuteScalar<int>(
        $"SELECT COUNT(*) FROM transfers WHERE direction = 'Receiving' AND peer = @Peer AND state IN {UnderWay}", new { Peer = peer.ToString() }));

    public bool WasDelivered(DeviceId peer, ImmutableArray<string> paths) => gate.Read(c => c.ExecuteScalar<long>(
        "SELECT EXISTS (SELECT 1 FROM transfers WHERE direction = 'Sending' AND peer = @Peer AND paths = @Paths AND state IN ('Completed', 'Incomplete'))",
        new { Peer = peer.ToString(), Paths = JsonSerializer.Serialize(paths) })) != 0;

    public IReadOnlyList<string> Destinations() =>
        [.. gate.Read(c => c.Query<string>("SELECT DISTINCT destination FROM transfers WHERE direction = 'Receiving' ORDER BY destination"))];

    public void DropWorkingState(TransferNo no) => gate.Write(c => c.Execute(DropOf("= @Value"), no));

    public void DropWorkingState(DateTimeOffset endedBefore) => gate.Write(c => c.Execute(
        DropOf($"IN (SELECT no FROM transfers WHERE updated_at < @Before AND state NOT IN {UnderWay})"), new { Before = Columns.Of(endedBefore) }));

    public void Forget(int allBut, long listBytes, DateTimeOffset endedBefore) => gate.Write(c =>
    {
        var old = $"IN (SELECT no FROM transfers WHERE NOT {GoesOn} ORDER BY no DESC LIMIT -1 OFFSET {allBut})";
        // Without their receipts the pages go with the rest.
        c.Execute($"DELETE FROM receipts WHERE transfer {old}; DELETE FROM outcomes WHERE transfer {old}; {DropOf(old)} DELETE FROM transfers WHERE no {old};");
        c.Execute(
            $"""
            WITH lists AS (
                SELECT transfer, sum(length(signed)) AS bytes FROM manifest_pages JOIN transfers ON no = transfer
                WHERE NOT {GoesOn} AND updated_at < @Before GROUP BY transfer)
            DELETE FROM manifest_pages WHERE transfer IN (
                SELECT transfer FROM (
                    SELECT transfer, bytes, sum(iif(bytes > {listBytes}, 0, bytes)) OVER (ORDER BY transfer DESC) AS newer FROM lists)
                WHERE bytes > {listBytes} OR newer > {listBytes})
            """,
            new { Before = Columns.Of(endedBefore) });
    });

    private static string DropOf(string transfers) =>
        $"""
        DELETE FROM manifest_pages WHERE transfer {transfers} AND NOT EXISTS (SELECT 1 FROM receipts WHERE receipts.transfer = manifest_pages.transfer);
        DELETE FROM chunk_maps WHERE transfer {transfers};
        DELETE FROM identity_runs WHERE transfer {transfers};
        DELETE FROM chosen_names WHERE transfer {transfers};
        """;

    internal static void Update(SqliteConnection connection, TransferNo no, TransferRecord transfer) => connection.Execute(
        """
        UPDATE transfers SET state = @State, problem = @Problem, manifest_id = @ManifestId, paths = @Paths, destination = @Destination, updated_at = @UpdatedAt,
            summary = @Summary, detail = @Detail, bytes_total = @BytesTotal, bytes_done = @BytesDone, bytes_reused = @BytesReused,
            chunks_total = @ChunksTotal, chunks_done = @ChunksDone, elapsed_ms = @ElapsedMs, paused = @Paused, text = @Text,
            owes_word = @OwesWord, begun_inode = @BegunInode, begun_birth_ns = @BegunBirthNs WHERE no = @No
        """,
        Row.Of(no.Value, transfer));

    private List<(TransferNo No, TransferRecord Transfer)> Query(string clauses) =>
        [.. gate.Read(c => c.Query<Row>($"{Select} {clauses}")).Select(row => row.ToTransfer())];

    private (TransferNo No, TransferRecord Transfer)? Newest(string where, string id) =>
        gate.Read(c => c.QueryFirstOrDefault<Row>($"{Select} {where} ORDER BY no DESC LIMIT 1", new { Id = id }))?.ToTransfer();

    private sealed record Row(
        long No, string Direction, string Peer, string TransferId, string State, string? Problem, string? ManifestId, string Paths, string Destination,
        long CreatedAt, long UpdatedAt, string Summary, string Detail, long BytesTotal, long BytesDone, long BytesReused,
        long ChunksTotal, long ChunksDone, long ElapsedMs, long Paused, long BytesPerSecond, long Text, string Conflict, long OwesWord,
        long? BegunInode, long? BegunBirthNs)
    {
        internal static Row Of(long no, TransferRecord t) => new(
            no, t.Key.Direction.ToString(), t.Key.Peer.ToString(), t.Key.Transfer.ToString(), t.State.ToString(), t.Problem?.ToString(), t.Manifest?.ToString(),
            JsonSerializer.Serialize(t.Paths), t.Destination, Columns.Of(t.CreatedAt), Columns.Of(t.UpdatedAt), t.Summary, t.Detail,
            t.BytesTotal, t.BytesDone, t.BytesReused, t.ChunksTotal, t.ChunksDone, (long)t.Elapsed.TotalMilliseconds, t.IsPaused ? 1 : 0, t.BytesPerSecond,
            t.IsText ? 1 : 0, t.Conflict.ToString(), t.OwesWord ? 1 : 0,
            t.BegunIn is { } begun ? Columns.Of(begun.Inode) : null, t.BegunIn?.BirthNs);

        internal (TransferNo No, TransferRecord Transfer) ToTransfer() => (new TransferNo(No), new TransferRecord(
            new TransferKey(Columns.Named<TransferDirection>(Direction), DeviceId.Parse(Peer), Protocol.Transfer.TransferId.Parse(TransferId)),
            Columns.Named<TransferState>(State),
            Problem is null ? null : Columns.Named<TransferProblem>(Problem),
            ManifestId is null ? null : Protocol.Transfer.Manifests.ManifestId.Parse(ManifestId),
            [.. JsonSerializer.Deserialize<string[]>(Paths)!],
            Destination,
            Columns.Time(CreatedAt),
            Columns.Time(UpdatedAt),
            Summary,
            Detail,
            BytesTotal,
            BytesDone,
            BytesReused,
            ChunksTotal,
            ChunksDone,
            TimeSpan.FromMilliseconds(ElapsedMs))
        {
            IsPaused = Paused != 0,
            BytesPerSecond = BytesPerSecond,
            IsText = Text != 0,
            Conflict = Columns.Named<ConflictPolicy>(Conflict),
            OwesWord = OwesWord != 0,
            BegunIn = BegunInode is { } inode && BegunBirthNs is { } birth ? new FileKey(Columns.Unsigned(inode), birth) : null,
        });
    }
}
