using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace OpenShare.Registration.Storage;

/// <summary>What `dotnet ef migrations add --context RegistrationDb` builds the model from.</summary>
internal sealed class DesignTimeDb : IDesignTimeDbContextFactory<RegistrationDb>
{
    public RegistrationDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<RegistrationDb>().UseSqlite("Data Source=:memory:").Options);
}

/// <summary>The same for `--context PostgresDb --output-dir Storage/Migrations/Postgres`.</summary>
internal sealed class DesignTimePostgresDb : IDesignTimeDbContextFactory<PostgresDb>
{
    public PostgresDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<PostgresDb>().UseNpgsql("Host=none").Options);
}
