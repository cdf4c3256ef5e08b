using Microsoft.Data.Sqlite;

namespace OpenShare.Device.Storage.Database;

/// <summary>
/// A statement that is prepared once, at its first use. For what runs with each chunk: Dapper prepares it anew each time, which takes longer
/// than to run it. Only within a use of its <see cref="SqliteGate"/>, which ends it.
/// </summary>
internal sealed class KeptStatement : IDisposable
{
    private readonly SqliteCommand _command;

    internal KeptStatement(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        _command = new SqliteCommand(sql, connection);
        foreach (var name in parameters)
            _command.Parameters.Add(new SqliteParameter { ParameterName = name });
    }

    /// <param name="values">in the order of its parameters: text, whole numbers, bytes</param>
    internal void Run(params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i];
        _command.ExecuteNonQuery();
    }

    public void Dispose() => _command.Dispose();
}
