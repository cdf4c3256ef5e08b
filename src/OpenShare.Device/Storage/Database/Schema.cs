using Microsoft.Data.Sqlite;

namespace OpenShare.Device.Storage.Database;

/// <summary>The tables, as ordered steps; user_version counts those taken. A step once released is never edited.</summary>
internal static class Schema
{
    internal static readonly string[] Steps =
    [
        """
        CREATE TABLE registration (
            id INTEGER PRIMARY KEY CHECK (id = 1), server TEXT NOT NULL, certificate TEXT NOT NULL, trust_root TEXT NOT NULL,
            account_discovery_key BLOB NOT NULL, server_trust TEXT);
        CREATE TABLE pending_registration (
            id INTEGER PRIMARY KEY CHECK (id = 1), server TEXT NOT NULL, token TEXT, device_name TEXT NOT NULL, server_trust TEXT,
            attempts INTEGER NOT NULL, next_attempt INTEGER NOT NULL, last_problem TEXT NOT NULL);
        CREATE TABLE time_floor (id INTEGER PRIMARY KEY CHECK (id = 1), issued_at INTEGER NOT NULL);
        CREATE TABLE revocation_list (
            id INTEGER PRIMARY KEY CHECK (id = 1), crl_version INTEGER NOT NULL, issued_at INTEGER NOT NULL, list BLOB NOT NULL);
        CREATE TABLE peers (
            device_id TEXT PRIMARY KEY, name TEXT NOT NULL, endpoints TEXT NOT NULL, last_seen INTEGER NOT NULL,
            trust TEXT NOT NULL, found_by TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE transfers (
            no INTEGER PRIMARY KEY AUTOINCREMENT, direction TEXT NOT NULL, peer TEXT NOT NULL, transfer_id TEXT NOT NULL,
            state TEXT NOT NULL, problem TEXT, manifest_id TEXT, paths TEXT NOT NULL, destination TEXT NOT NULL,
            created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, summary TEXT NOT NULL, detail TEXT NOT NULL,
            bytes_total INTEGER NOT NULL, bytes_done INTEGER NOT NULL, bytes_reused INTEGER NOT NULL,
            chunks_total INTEGER NOT NULL, chunks_done INTEGER NOT NULL, elapsed_ms INTEGER NOT NULL,
            UNIQUE (direction, peer, transfer_id));
        CREATE TABLE manifest_pages (
            transfer INTEGER NOT NULL, page INTEGER NOT NULL, signed BLOB NOT NULL, UNIQUE (transfer, page));
        CREATE TABLE chunk_maps (
            transfer INTEGER NOT NULL, page INTEGER NOT NULL, first_chunk INTEGER NOT NULL, chunks INTEGER NOT NULL,
            written BLOB NOT NULL, durable BLOB NOT NULL, epoch TEXT NOT NULL, PRIMARY KEY (transfer, page)) WITHOUT ROWID;
        CREATE TABLE source_identities (
            transfer INTEGER NOT NULL, entry_no INTEGER NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
            inode INTEGER NOT NULL, device INTEGER NOT NULL, PRIMARY KEY (transfer, entry_no)) WITHOUT ROWID;
        CREATE TABLE outcomes (
            transfer INTEGER NOT NULL, entry_no INTEGER NOT NULL, outcome INTEGER NOT NULL, stored_as TEXT NOT NULL, detail TEXT NOT NULL,
            PRIMARY KEY (transfer, entry_no)) WITHOUT ROWID;
        CREATE TABLE chosen_names (
            transfer INTEGER NOT NULL, top TEXT NOT NULL, name TEXT NOT NULL, inode INTEGER NOT NULL, birth_ns INTEGER NOT NULL,
            PRIMARY KEY (transfer, top)) WITHOUT ROWID;
        CREATE TABLE receipts (transfer INTEGER PRIMARY KEY, receipt BLOB NOT NULL, confirmed INTEGER NOT NULL);
        """,
        """
        CREATE TABLE trust_roots (version INTEGER PRIMARY KEY, link BLOB NOT NULL);
        """,
        """
        ALTER TABLE registration ADD COLUMN discovery_key_issue BLOB;
        ALTER TABLE registration ADD COLUMN previous_discovery_key BLOB;
        """,
        """
        ALTER TABLE transfers ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE transfers ADD COLUMN bytes_per_second INTEGER NOT NULL DEFAULT 0;
        """,
        """
        ALTER TABLE transfers ADD COLUMN text INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE accept_rules (device_id TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID;
        """,
        """
        ALTER TABLE transfers ADD COLUMN conflict TEXT NOT NULL DEFAULT 'Rename';
        CREATE TABLE hash_cache (
            device INTEGER NOT NULL, inode INTEGER NOT NULL, stretch INTEGER NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
            ctime_ns INTEGER NOT NULL, chunk_size INTEGER NOT NULL, hashes BLOB NOT NULL, UNIQUE (device, inode, stretch));
        """,
        """
        CREATE TABLE content_files (
            no INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL, inode INTEGER NOT NULL,
            birth_ns INTEGER NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, content_cut INTEGER NOT NULL, chunks INTEGER NOT NULL,
            UNIQUE (account, path));
        CREATE INDEX content_names ON content_files (account, name);
        CREATE INDEX content_cut_sizes ON content_files (account, size) WHERE content_cut = 1;
        CREATE TABLE content_chunks (
            hash INTEGER NOT NULL, file INTEGER NOT NULL, position INTEGER NOT NULL, length INTEGER NOT NULL,
            PRIMARY KEY (hash, file, position)) WITHOUT ROWID;
        CREATE INDEX content_chunks_of_file ON content_chunks (file);
        """,
        """
        CREATE TABLE pairing_invitations (
            nonce TEXT PRIMARY KEY, code BLOB NOT NULL, expires_at INTEGER NOT NULL, spent INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        CREATE TABLE pairing_sponsored (
            certificate TEXT PRIMARY KEY, device_id TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE pairing_withdrawals (
            certificate TEXT NOT NULL, sponsor TEXT NOT NULL, expires_at INTEGER NOT NULL, withdrawal BLOB NOT NULL,
            PRIMARY KEY (certificate, sponsor)) WITHOUT ROWID;
        """,
        """
        ALTER TABLE peers ADD COLUMN device_no INTEGER NOT NULL DEFAULT 0;
        """,
        """
        CREATE TABLE identity_runs (transfer INTEGER NOT NULL, first_entry INTEGER NOT NULL, identities BLOB NOT NULL, UNIQUE (transfer, first_entry));
        INSERT INTO identity_runs SELECT transfer, min(entry_no), unhex(group_concat(
                printf('%08X%016X%016X%016X%016X%016X', entry_no, size, mtime_ns, ctime_ns, inode, device), '' ORDER BY entry_no))
            FROM source_identities GROUP BY transfer, entry_no / 512;
        DROP TABLE source_identities;
        """,
        """
        ALTER TABLE transfers ADD COLUMN owes_word INTEGER NOT NULL DEFAULT 0;
        """,
        """
        ALTER TABLE transfers ADD COLUMN begun_inode INTEGER;
        ALTER TABLE transfers ADD COLUMN begun_birth_ns INTEGER;
        """,
        """
        ALTER TABLE chunk_maps DROP COLUMN epoch;
        """,
        """
        CREATE INDEX transfer_ids ON transfers (transfer_id);
        CREATE INDEX transfer_manifests ON transfers (manifest_id);
        CREATE INDEX transfers_going_on ON transfers (no)
            WHERE (state IN ('Connecting', 'Offered', 'AwaitingAnswer', 'Transferring', 'Paused', 'Waiting', 'Finishing') OR owes_word = 1);
        """,
    ];

    /// <exception cref="StorageException">made by a newer program</exception>
    internal static void Apply(SqliteConnection connection, IReadOnlyList<string> steps)
    {
        var version = UserVersion(connection);
        if (version > steps.Count)
            throw new StorageException($"was made by a newer OpenShare (schema {version}, this program knows {steps.Count}). Update OpenShare.");
        for (; version < steps.Count; version++)
        {
            using var transaction = connection.BeginTransaction();
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
#pragma warning disable CA2100 // Our own constant text: a pragma takes no parameters.
            command.CommandText = $"{steps[version]}\nPRAGMA user_version = {version + 1};";
#pragma warning restore CA2100
            command.ExecuteNonQuery();
            transaction.Commit();
        }
    }

    private static int UserVersion(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
