using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace OpenShare.Device.Storage.Database;

/// <summary>
/// A connection that does not tell which file it has open. Dapper keeps what it compiles for a query by the connection's
/// text: so each database of a process would have its own, although their tables are the same.
/// </summary>
internal sealed class GateConnection(string connectionString) : SqliteConnection(connectionString)
{
    [AllowNull]
    public override string ConnectionString
    {
        get => nameof(GateConnection);
        set => base.ConnectionString = value;
    }
}
