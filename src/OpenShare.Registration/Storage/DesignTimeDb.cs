using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace OpenShare.Registration.Storage;

/// <summary>What `dotnet ef migrations add` builds the model from.</summary>
internal sealed class DesignTimeDb : IDesignTimeDbContextFactory<RegistrationDb>
{
    public RegistrationDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<RegistrationDb>().UseSqlite("Data Source=:memory:").Options);
}
