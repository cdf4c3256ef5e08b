using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace OpenShare.Registration.Storage;

/// <summary>What differs between SQLite, for one machine, and PostgreSQL, for any number of instances of the service.</summary>
internal abstract class Database : IDisposable
{
    /// <summary>Makes the tables, or brings those of an earlier version up to date.</summary>
    /// <exception cref="UserError">it cannot be reached, or a later version has been here</exception>
    public abstract Task MigrateAsync(CancellationToken cancel);

    /// <summary>True once a service has run over it.</summary>
    public abstract Task<bool> IsInUseAsync(CancellationToken cancel);

    public abstract RegistrationDb Open();

    /// <summary>Until the result is disposed of the database is read as it is now.</summary>
    public abstract Task<IAsyncDisposable> BeginReadingAsync(RegistrationDb db, CancellationToken cancel);

    /// <summary>Begins the one transaction that may write: what it reads cannot change before it commits.</summary>
    public abstract Task<IDbContextTransaction> BeginWritingAsync(RegistrationDb db, CancellationToken cancel);

    /// <returns>null where the error has another cause</returns>
    public virtual DatabaseAway? AwayBy(Exception error) => null;

    public abstract void Dispose();

    /// <exception cref="UserError">a later version has been here</exception>
    protected static async Task MigrateAsync(RegistrationDb db, CancellationToken cancel)
    {
        if ((await db.Database.GetAppliedMigrationsAsync(cancel)).Except(db.Database.GetMigrations()).Any())
            throw new UserError("A newer openshare-server has changed this database. Use that version, or restore a backup from before.");
        await db.Database.MigrateAsync(cancel);
    }
}
