using Npgsql;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Tests.Support;

/// <summary>A database of one test's own on the tests' PostgreSQL server, with the tables made already.</summary>
internal sealed class PostgresTestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);
    private static int _last;

    private readonly PostgresServer _server;
    private readonly string _name;

    private PostgresTestDatabase(PostgresServer server, string name) => (_server, _name, ConnectionString) = (server, name, On(server, name));

    public string ConnectionString { get; }

    public PostgresAddress Address => Parse(ConnectionString);

    /// <param name="isEmpty">without tables</param>
    public static async Task<PostgresTestDatabase> CreateAsync(bool isEmpty = false)
    {
        var server = await PostgresServer.SharedAsync();
        var name = $"test_{Interlocked.Increment(ref _last)}";
        await ExecuteAsync(On(server, "postgres"), $"CREATE DATABASE {name} TEMPLATE {(isEmpty ? "template0" : await Template.Value)}");
        return new PostgresTestDatabase(server, name);
    }

    /// <summary>One without tables on this server.</summary>
    public static async Task<PostgresTestDatabase> CreateAsync(PostgresServer server)
    {
        var name = $"test_{Interlocked.Increment(ref _last)}";
        await ExecuteAsync(On(server, "postgres"), $"CREATE DATABASE {name}");
        return new PostgresTestDatabase(server, name);
    }

    /// <summary>Another one, restored from a dump of this one.</summary>
    public async Task<PostgresTestDatabase> CopyByDumpAsync(string file)
    {
        var copy = await CreateAsync(_server);
        await _server.RunAsync("pg_dump", "--format=custom", "--file", file, _name);
        await _server.RunAsync("pg_restore", "--exit-on-error", "--dbname", copy._name, file);
        return copy;
    }

    public Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    public async ValueTask DisposeAsync() => await ExecuteAsync(On(_server, "postgres"), $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");

    private static async Task<string> MakeTemplateAsync()
    {
        var server = await PostgresServer.SharedAsync();
        await ExecuteAsync(On(server, "postgres"), "CREATE DATABASE made");
        using var database = new PostgresDatabase(Parse(On(server, "made")), null);
        await database.MigrateAsync(default);
        return "made";
    }

    private static string On(PostgresServer server, string database) =>
        new NpgsqlConnectionStringBuilder { Host = server.Socket, Database = database, Username = "postgres" }.ToString();

    private static PostgresAddress Parse(string text) => PostgresAddress.TryParse(text, out var problem) ?? throw new FormatException(problem);

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        // A database somebody is connected to is no template.
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
