using Npgsql;

namespace OpenShare.Registration.Storage;

/// <summary>Where a PostgreSQL database is, and as whom to use it; never its password.</summary>
internal sealed class PostgresAddress
{
    // Every instance has so many at most, and PostgreSQL allows 100 in all where nothing else was set.
    private const int DefaultPool = 20;

    // Seconds. Whoever asks meanwhile waits for nothing.
    private const int DefaultConnectTimeout = 5;

    // Statements of which PostgreSQL keeps the plan: planning is a third of what it does for a registration.
    private const int DefaultPrepared = 64;

    private readonly NpgsqlConnectionStringBuilder _parts;

    private PostgresAddress(NpgsqlConnectionStringBuilder parts) => _parts = parts;

    /// <param name="text">a postgres:// URI, or Npgsql's connection string: Host=db1;Database=openshare;Username=openshare</param>
    /// <returns>null, with what is wrong with it; the text itself is never repeated, since it may hold what it should not</returns>
    public static PostgresAddress? TryParse(string text, out string problem)
    {
        NpgsqlConnectionStringBuilder parts;
        try
        {
            parts = PostgresUri.IsOne(text) ? PostgresUri.Read(text) : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            problem = $"The database's address cannot be read: {error.Message} Write postgres://USER@HOST/DATABASE, or 'Host=HOST;Database=DATABASE;Username=USER'.";
            return null;
        }
        problem =
            parts.Password is not null || parts.SslPassword is not null ? "A password does not belong on the command line, where every user of this machine sees it. Put it into a file for --database-password-file, or into ~/.pgpass."
            : string.IsNullOrEmpty(parts.Host) || string.IsNullOrEmpty(parts.Database) ? "The database's address names no host or no database. Write postgres://USER@HOST/DATABASE."
            : "";
        if (problem.Length > 0)
            return null;
        if (!parts.ContainsKey("Maximum Pool Size"))
            parts.MaxPoolSize = DefaultPool;
        if (!parts.ContainsKey("Timeout"))
            parts.Timeout = DefaultConnectTimeout;
        if (!parts.ContainsKey("Max Auto Prepare"))
            parts.MaxAutoPrepare = DefaultPrepared;
        parts.ApplicationName ??= "openshare-server";
        return new PostgresAddress(parts);
    }

    /// <param name="password">null: there is none, or Npgsql finds it in PGPASSFILE or ~/.pgpass</param>
    public NpgsqlDataSource Open(DatabasePassword? password)
    {
        var source = new NpgsqlDataSourceBuilder(_parts.ToString());
        // Read again for each connection, so that it can be changed while the service runs.
        if (password is not null)
            source.UsePasswordProvider(_ => password.Read(), (_, _) => ValueTask.FromResult(password.Read()));
        return source.Build();
    }

    /// <summary>As it is named in messages.</summary>
    public override string ToString() => $"{_parts.Database} on {_parts.Host}:{_parts.Port}";
}
