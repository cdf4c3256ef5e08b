using Dapper;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqliteRegistrationStore(SqliteGate gate) : IRegistrationStore
{
    public DateTimeOffset TimeFloor =>
        Columns.Time(gate.Read(c => c.QuerySingleOrDefault<long>("SELECT issued_at FROM time_floor")));

    public RegistrationRecord? Load() => gate.Read(c =>
    {
        var row = c.QuerySingleOrDefault<Row>(
            """
            SELECT server, certificate, trust_root AS TrustRoot, account_discovery_key AS DiscoveryKey, server_trust AS ServerTrust,
                discovery_key_issue AS DiscoveryKeyIssue, previous_discovery_key AS PreviousDiscoveryKey FROM registration
            """);
        if (row is null)
            return null;
        var links = c.Query<byte[]>("SELECT link FROM trust_roots ORDER BY version")
            .Select(link => Messages.Parse(TrustRootLink.Parser, link, "trust root")).ToList();
        // A home from before chains were kept has the newest only.
        var trust = links.Count > 0 ? TrustChain.Read(links) : TrustChain.Of(TrustRoot.Parse(row.TrustRoot));
        return new RegistrationRecord(new Uri(row.Server), DeviceCertificate.Parse(row.Certificate), trust, KeysOf(row), row.ServerTrust);
    });

    public void Save(RegistrationRecord registration) => gate.WriteDurably(c =>
    {
        c.Execute(
            """
            INSERT OR REPLACE INTO registration
            VALUES (1, @Server, @Certificate, @TrustRoot, @DiscoveryKey, @ServerTrust, @DiscoveryKeyIssue, @PreviousDiscoveryKey)
            """,
            new Row(
                registration.Server.AbsoluteUri, registration.Certificate.Blob.ToText(), registration.Trust.Newest.ToText(),
                registration.DiscoveryKeys.Current.ToArray(), registration.ServerTrust,
                registration.DiscoveryKeys.Issue?.Blob.ToByteArray(), registration.DiscoveryKeys.Previous?.ToArray()));
        Write(c, registration.Trust);
        c.Execute("DELETE FROM pending_registration");
    });

    public void SaveTrust(TrustChain trust) => gate.WriteDurably(c =>
    {
        if (c.Execute("UPDATE registration SET trust_root = @Text", new { Text = trust.Newest.ToText() }) > 0)
            Write(c, trust);
    });

    public void SaveDiscoveryKeys(DiscoveryKeys keys) => gate.WriteDurably(c => c.Execute(
        "UPDATE registration SET account_discovery_key = @Current, discovery_key_issue = @Issue, previous_discovery_key = @Previous",
        new { Current = keys.Current.ToArray(), Issue = keys.Issue?.Blob.ToByteArray(), Previous = keys.Previous?.ToArray() }));

    public PendingRegistration? LoadPending() =>
        gate.Read(c => c.QuerySingleOrDefault<PendingRow>(
            """
            SELECT server, token, device_name AS DeviceName, server_trust AS ServerTrust, attempts, next_attempt AS NextAttempt,
                last_problem AS LastProblem FROM pending_registration
            """)) is { } row
            ? new PendingRegistration(
                new Uri(row.Server), row.Token, row.DeviceName, row.ServerTrust, (int)row.Attempts, Columns.Time(row.NextAttempt), row.LastProblem)
            : null;

    public void SavePending(PendingRegistration pending) => gate.WriteDurably(c => c.Execute(
        "INSERT OR REPLACE INTO pending_registration VALUES (1, @Server, @Token, @DeviceName, @ServerTrust, @Attempts, @NextAttempt, @LastProblem)",
        new PendingRow(
            pending.Server.AbsoluteUri, pending.Token, pending.DeviceName, pending.ServerTrust, pending.Attempts, Columns.Of(pending.NextAttempt),
            pending.LastProblem)));

    public void ClearPending() => gate.WriteDurably(c => c.Execute("DELETE FROM pending_registration"));

    public void RaiseTimeFloor(DateTimeOffset issuedAt) => gate.WriteDurably(c => c.Execute(
        "INSERT INTO time_floor VALUES (1, @at) ON CONFLICT DO UPDATE SET issued_at = max(issued_at, excluded.issued_at)",
        new { at = Columns.Of(issuedAt) }));

    private static void Write(SqliteConnection connection, TrustChain trust)
    {
        connection.Execute("DELETE FROM trust_roots");
        foreach (var root in trust.Roots)
            connection.Execute("INSERT INTO trust_roots VALUES (@Version, @Link)", new { root.Version, Link = root.Link.ToByteArray() });
    }

    // What was verified when it came is not verified again.
    private static DiscoveryKeys KeysOf(Row row)
    {
        var previous = row.PreviousDiscoveryKey is { } before ? new ReadOnlyMemory<byte>(before) : default(ReadOnlyMemory<byte>?);
        return row.DiscoveryKeyIssue is { } issue
            ? DiscoveryKeys.Of(DiscoveryKey.Read(Messages.Parse(Signed.Parser, issue, "discovery key")), previous)
            : DiscoveryKeys.Unsigned(row.DiscoveryKey, previous);
    }

    private sealed record Row(
        string Server, string Certificate, string TrustRoot, byte[] DiscoveryKey, string? ServerTrust, byte[]? DiscoveryKeyIssue, byte[]? PreviousDiscoveryKey);

    private sealed record PendingRow(
        string Server, string? Token, string DeviceName, string? ServerTrust, long Attempts, long NextAttempt, string LastProblem);
}
