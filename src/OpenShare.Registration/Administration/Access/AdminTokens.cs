using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Http;
using OpenShare.Registration.Storage;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Administration.Access;

/// <summary>Those who administer the service from elsewhere: each has a name, a role and a token, of which only the hash is kept.</summary>
internal sealed class AdminTokens(Store store, AuditLog audit, IRandomSource random, TimeProvider time)
{
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(3660);

    private const int SecretSize = 32;

    public async Task<Outcome<AdminCreated>> CreateAsync(CreateAdmin request, Caller by, CancellationToken cancel)
    {
        if (!AccountId.TryParse(request.Name, out var name) || name.Value == Caller.Owner.Name || name.Value == Caller.Credential.Name)
            return JsonBody.Malformed($"'{Printable.Shorten(request.Name, 80)}' is no name for an administrator: use 1 to 64 characters of a-z, 0-9, '.', '_', '-' and '@'; 'owner' and 'admin-credential' are taken.");
        if (AdminRoles.Parse(request.Role) is not { } role)
            return JsonBody.Malformed("The role is admin, registrar or auditor.");
        if (request.TtlSeconds is { } ttl && (ttl < 1 || ttl > MaxLifetime.TotalSeconds))
            return JsonBody.Malformed($"An admin token lives 1 second to {MaxLifetime.TotalDays} days, or without an end.");
        var (token, now) = (AdminCredential.Prefix + Base64Url.Encode(random.Bytes(SecretSize)), time.GetUtcNow());
        var row = new AdminTokenRow
        {
            Name = name.Value,
            Role = role.Name(),
            SecretHash = Hash(token),
            CreatedAt = now,
            ExpiresAt = request.TtlSeconds is { } seconds ? now.AddSeconds(seconds) : null,
        };
        return await store.WriteAsync<AdminCreated>(async db =>
        {
            // A name is given once: the audit log names people by it.
            if (await db.AdminTokens.FindAsync([row.Name], cancel) is not null)
                return JsonBody.Malformed($"There is or was an administrator '{row.Name}' already. Choose another name.");
            db.AdminTokens.Add(row);
            await audit.AddAsync(db, new AuditAct.AdminCreated(row.Name, row.Role, row.ExpiresAt), by, cancel);
            return new AdminCreated(token, row.Name, row.Role, row.ExpiresAt);
        }, cancel);
    }

    public Task<AdminList> ListAsync(CancellationToken cancel) => store.ReadAsync(async db =>
    {
        var now = time.GetUtcNow();
        var rows = await db.AdminTokens.OrderBy(a => a.Name).ToListAsync(cancel);
        return new AdminList([.. rows.Select(a => new Administrator(
            a.Name, a.Role, a.RevokedAt is not null ? "revoked" : a.ExpiresAt <= now ? "expired" : "active", a.CreatedAt, a.ExpiresAt))]);
    });

    /// <summary>Revoking one again changes nothing and is no error.</summary>
    public Task<Outcome<AdminRevoked>> RevokeAsync(string name, Caller by, CancellationToken cancel) => store.WriteAsync<AdminRevoked>(async db =>
    {
        var row = await db.AdminTokens.FindAsync([name], cancel);
        if (row is null)
            return new Refusal(RegistrationProblems.AdminUnknown, $"There is no administrator '{Printable.Shorten(name, 80)}'. `openshare-server admin list` shows all.");
        if (row.RevokedAt is null)
        {
            row.RevokedAt = time.GetUtcNow();
            await audit.AddAsync(db, new AuditAct.AdminRevoked(row.Name), by, cancel);
        }
        return new AdminRevoked(row.Name);
    }, cancel);

    /// <returns>whose token this is; null: nobody's, or it is revoked or has expired</returns>
    public async Task<Caller?> FindAsync(string token, CancellationToken cancel)
    {
        // By its hash: how long the look-up takes tells nothing of the token.
        var hash = Hash(token);
        return CallerOf(await store.ReadAsync(db => db.AdminTokens.SingleOrDefaultAsync(a => a.SecretHash == hash && a.RevokedAt == null, cancel)));
    }

    /// <returns>whom a certificate names; null: there is no such administrator, or they are revoked or it was for a time that is over</returns>
    public async Task<Caller?> FindByNameAsync(string name, CancellationToken cancel) =>
        CallerOf(await store.ReadAsync(db => db.AdminTokens.SingleOrDefaultAsync(a => a.Name == name && a.RevokedAt == null, cancel)));

    private Caller? CallerOf(AdminTokenRow? row) =>
        row is not null && !(row.ExpiresAt <= time.GetUtcNow()) && AdminRoles.Parse(row.Role) is { } role ? new Caller(row.Name, role) : null;

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
