using Microsoft.EntityFrameworkCore;

namespace OpenShare.Registration.Storage;

/// <summary>The same model on PostgreSQL, with migrations of its own; and what is stored there is told to the other instances.</summary>
internal sealed class PostgresDb(DbContextOptions<PostgresDb> options) : RegistrationDb(options)
{
    /// <summary>On which the instances hear of a new revocation list or trust root.</summary>
    public const string Channel = "openshare_news";

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var isNews = ChangeTracker.Entries().Any(e =>
            e.Entity is RevocationListRow or TrustRootRow && e.State is EntityState.Added or EntityState.Modified);
        var rows = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        // Part of the transaction: it is heard when this has committed, and never if it has not.
        if (isNews)
            await Database.ExecuteSqlRawAsync("NOTIFY " + Channel, cancellationToken);
        return rows;
    }
}
