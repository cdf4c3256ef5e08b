using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Storage;

/// <summary>The model, and itself on SQLite.</summary>
internal class RegistrationDb(DbContextOptions options) : DbContext(options)
{
    private DeviceReads? _deviceReads;

    public DbSet<AccountRow> Accounts => Set<AccountRow>();
    public DbSet<DeviceRow> Devices => Set<DeviceRow>();
    public DbSet<TokenRow> Tokens => Set<TokenRow>();
    public DbSet<TokenUseRow> TokenUses => Set<TokenUseRow>();
    public DbSet<EndorsementRow> Endorsements => Set<EndorsementRow>();
    public DbSet<PromotionRow> Promotions => Set<PromotionRow>();
    public DbSet<RevokedIdRow> RevokedIds => Set<RevokedIdRow>();
    public DbSet<RevocationListRow> RevocationLists => Set<RevocationListRow>();
    public DbSet<AuditLineRow> AuditLines => Set<AuditLineRow>();
    public DbSet<AdminTokenRow> AdminTokens => Set<AdminTokenRow>();
    public DbSet<TrustRootRow> TrustRoots => Set<TrustRootRow>();
    public DbSet<RootRequestRow> RootRequests => Set<RootRequestRow>();
    public DbSet<CounterRow> Counters => Set<CounterRow>();
    public DbSet<SecretRow> Secrets => Set<SecretRow>();

    /// <summary>What this transaction has logged, by its kinds: it counts once that is committed.</summary>
    public List<string> Acts { get; } = [];

    public DeviceReads DeviceReads => _deviceReads ??= new DeviceReads(this);

    /// <summary>Draws the next number of a counter; it is given out only if the surrounding transaction, which is the one that may write, commits.</summary>
    public async Task<long> NextAsync(string counter, CancellationToken cancel) => ++(await CounterAsync(counter, cancel)).Value;

    /// <summary>The number that a counter gave out last; 0 before the first.</summary>
    public async Task<long> CurrentAsync(string counter, CancellationToken cancel) => (await CounterAsync(counter, cancel)).Value;

    /// <returns>tracked</returns>
    public async Task<AccountRow> AccountAsync(string name, CancellationToken cancel) =>
        await Accounts.FindAsync([name], cancel) ?? throw new InvalidOperationException($"The account {name} vanished.");

    private async Task<CounterRow> CounterAsync(string counter, CancellationToken cancel) =>
        await Counters.FindAsync([counter], cancel) ?? throw new InvalidOperationException($"The counter {counter} vanished.");

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AccountRow>(account =>
        {
            account.ToTable("accounts").HasKey(a => a.Name);
            account.Property(a => a.Name).HasMaxLength(Limits.AccountName);
        });
        modelBuilder.Entity<DeviceRow>(device =>
        {
            device.ToTable("devices").HasKey(d => d.DeviceNo);
            device.Property(d => d.DeviceNo).ValueGeneratedNever();
            device.HasIndex(d => d.DeviceId).IsUnique();
            device.HasIndex(d => d.RevokedInVersion).IsUnique();
            // By which an account's devices are counted (Quotas), without a look at each of them.
            device.HasIndex(d => new { d.Account, d.RevokedAt });
            device.HasOne<AccountRow>().WithMany().HasForeignKey(d => d.Account).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<TokenRow>(token =>
        {
            token.ToTable("tokens").HasKey(t => t.SecretHash);
            token.HasIndex(t => t.ExpiresAt);
            // Whoever writes is the only one. If ever there were two, the later would store nothing rather than spend what is spent.
            token.Property(t => t.UsesLeft).IsConcurrencyToken();
            token.HasOne<AccountRow>().WithMany().HasForeignKey(t => t.Account).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<TokenUseRow>(use =>
        {
            use.ToTable("token_uses").HasKey(u => new { u.SecretHash, u.DeviceNo });
            use.HasOne<TokenRow>().WithMany().HasForeignKey(u => u.SecretHash).OnDelete(DeleteBehavior.Cascade);
            use.HasOne<DeviceRow>().WithMany().HasForeignKey(u => u.DeviceNo).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<EndorsementRow>(endorsement =>
        {
            // What is taken back is the sponsor's own: a hash is anybody's who has met the device.
            endorsement.ToTable("endorsements").HasKey(e => new { e.Hash, e.SponsorNo });
            endorsement.HasOne<DeviceRow>().WithMany().HasForeignKey(e => e.DeviceNo).OnDelete(DeleteBehavior.Restrict);
            endorsement.HasOne<DeviceRow>().WithMany().HasForeignKey(e => e.SponsorNo).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<PromotionRow>(promotion =>
        {
            // By which an account's are counted, too.
            promotion.ToTable("promotions").HasKey(p => new { p.Account, p.DeviceId });
            promotion.HasOne<AccountRow>().WithMany().HasForeignKey(p => p.Account).OnDelete(DeleteBehavior.Restrict);
            promotion.HasOne<DeviceRow>().WithMany().HasForeignKey(p => p.SponsorNo).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<RevokedIdRow>(revoked => revoked.ToTable("revoked_ids").HasKey(r => r.DeviceId));
        modelBuilder.Entity<RevocationListRow>(list =>
        {
            list.ToTable("revocation_lists").HasKey(l => l.Version);
            list.Property(l => l.Version).ValueGeneratedNever();
        });
        modelBuilder.Entity<AuditLineRow>(line =>
        {
            line.ToTable("audit_lines").HasKey(l => l.Number);
            line.Property(l => l.Number).ValueGeneratedNever();
        });
        modelBuilder.Entity<AdminTokenRow>(admin =>
        {
            admin.ToTable("admin_tokens").HasKey(a => a.Name);
            admin.Property(a => a.Name).HasMaxLength(Limits.AccountName);
            admin.HasIndex(a => a.SecretHash).IsUnique();
        });
        modelBuilder.Entity<TrustRootRow>(root =>
        {
            root.ToTable("trust_roots").HasKey(r => r.Version);
            root.Property(r => r.Version).ValueGeneratedNever();
        });
        modelBuilder.Entity<RootRequestRow>(request =>
        {
            request.ToTable("root_requests").HasKey(r => r.Version);
            request.Property(r => r.Version).ValueGeneratedNever();
        });
        modelBuilder.Entity<SecretRow>(secret => secret.ToTable("secrets").HasKey(s => s.Name));
        modelBuilder.Entity<CounterRow>(counter =>
        {
            counter.ToTable("counters").HasKey(c => c.Name);
            counter.Property(c => c.Value).IsConcurrencyToken();
            counter.HasData(
                new CounterRow { Name = CounterRow.DeviceNo, Value = 0 },
                new CounterRow { Name = CounterRow.Serial, Value = 0 },
                new CounterRow { Name = CounterRow.RevocationList, Value = 0 },
                new CounterRow { Name = CounterRow.AuditLine, Value = 0 });
        });
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
                property.SetColumnName(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }
    }

    /// <summary>SQLite can compare and order whole numbers, but not a DateTimeOffset.</summary>
    private sealed class UnixMilliseconds()
        : ValueConverter<DateTimeOffset, long>(time => time.ToUnixTimeMilliseconds(), ms => DateTimeOffset.FromUnixTimeMilliseconds(ms));
}
