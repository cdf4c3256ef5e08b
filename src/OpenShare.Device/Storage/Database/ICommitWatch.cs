using Microsoft.Data.Sqlite;

namespace OpenShare.Device.Storage.Database;

/// <summary>Told of each commit, and of which kind it is: by it a simulation knows what a loss of power leaves.</summary>
internal interface ICommitWatch
{
    /// <summary>What is in the database now is all that outlives a loss of power until a durable commit.</summary>
    void BeforeRelaxedCommit(SqliteConnection connection);

    /// <summary>All that is in the database outlives a loss of power.</summary>
    void AfterDurableCommit();
}
