using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Http;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Keys.Offline;
using OpenShare.Registration.Revocation;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tokens;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Administration;

/// <summary>Administration in the process that holds the data directory.</summary>
/// <param name="by">who has it done: the audit log names them</param>
internal sealed class LocalAdministration(
    Store store, TokenIssuer tokens, RevocationLists lists, Promotions promotions, Quotas quotas, AuditLog log, AuditReading audit, KeyRotation keys, OfflineRotation offline,
    AdminTokens admins, TimeProvider time, Caller by) : IAdministration
{
    /// <summary>The same, for somebody else.</summary>
    public LocalAdministration For(Caller caller) => new(store, tokens, lists, promotions, quotas, log, audit, keys, offline, admins, time, caller);

    public Task<Outcome<TokenCreated>> CreateTokenAsync(CreateToken request, CancellationToken cancel)
    {
        var refusal =
            !AccountId.TryParse(request.AccountId, out var account) ? JsonBody.Malformed($"'{Printable.Shorten(request.AccountId, 80)}' is no account: use 1 to 64 characters of a-z, 0-9, '.', '_', '-' and '@'.")
            : request.Uses is < 1 or > TokenIssuer.MaxUses ? JsonBody.Malformed($"A token is good for 1 to {TokenIssuer.MaxUses} uses.")
            : request.TtlSeconds < 1 || request.TtlSeconds > TokenIssuer.MaxLifetime.TotalSeconds ? JsonBody.Malformed($"A token lives 1 second to {TokenIssuer.MaxLifetime.TotalDays} days.")
            : request.Name is not null && !Printable.IsDeviceName(request.Name) ? JsonBody.Malformed("A token's name is 1 to 64 characters without control characters.")
            : null;
        return refusal is null
            ? tokens.CreateAsync(account, request.Uses, TimeSpan.FromSeconds(request.TtlSeconds), request.Name, by, cancel)
            : Task.FromResult<Outcome<TokenCreated>>(refusal);
    }

    public async Task<Outcome<TokenList>> ListTokensAsync(AccountId? account, CancellationToken cancel) => await tokens.ListAsync(account, cancel);

    public Task<Outcome<TokenRevoked>> RevokeTokenAsync(string which, CancellationToken cancel) => tokens.RevokeAsync(which, by, cancel);

    public async Task<Outcome<DeviceList>> FindDevicesAsync(DeviceQuestion question, CancellationToken cancel)
    {
        if (question.Most is < 1 or > MostDevices)
            return JsonBody.Malformed($"1 to {MostDevices} devices are shown at once.");
        // One more tells whether there are more.
        var found = await store.ReadAsync(db => db.Devices.Of(question).Shown(time.GetUtcNow()).Take(question.Most + 1).ToListAsync(cancel));
        return found.Count <= question.Most ? new DeviceList(found) : new DeviceList(found[..^1], found[^2].DeviceNo);
    }

    public async Task<Outcome<Device>> ShowDeviceAsync(string which, CancellationToken cancel)
    {
        if (which.Length == 0)
            return Unknown(which);
        var now = time.GetUtcNow();
        // An exact id always means its device, whatever and however many others are named so: it is asked for by itself.
        var id = which.ToLowerInvariant();
        var found = await store.ReadAsync(async db => await db.Devices.Where(d => d.DeviceId == id).Shown(now).SingleOrDefaultAsync(cancel) is { } exact
            ? [exact]
            : await db.Devices.Where(d => d.Name == which || d.DeviceId.StartsWith(id)).Shown(now).Take(20).ToListAsync(cancel));
        return found switch
        {
            [] => Unknown(which),
            [var one] => one,
            _ => new Refusal(RegistrationProblems.DeviceUnknown, $"'{Printable.Shorten(which, 80)}' fits several devices: {string.Join(", ", found.Select(d => $"{d.Name} ({d.DeviceId})"))}. Name one by its id."),
        };
    }

    public async Task<Outcome<DeviceRevoked>> RevokeDeviceAsync(string which, RevokeDevice request, CancellationToken cancel)
    {
        var found = await ShowDeviceAsync(which, cancel);
        // One that was paired and is not registered has no name here.
        return found is Outcome<Device>.Refused && request.Paired && DeviceId.TryParse(which, out var id)
            ? await RevokeAsync(id, "", request, cancel)
            : await found.ThenAsync(device => RevokeAsync(DeviceId.Parse(device.DeviceId), device.Name, request, cancel));
    }

    public async Task<Outcome<PromotionList>> ListPromotionsAsync(AccountId? account, CancellationToken cancel) => await promotions.ListAsync(account, cancel);

    public Task<Outcome<Promoted>> AdmitDeviceAsync(string which, AdmitDevice request, CancellationToken cancel) => promotions.AdmitAsync(which, request, by, cancel);

    public Task<Outcome<Promoted>> TurnAwayAsync(string which, TurnAway request, CancellationToken cancel) => promotions.TurnAwayAsync(which, request, by, cancel);

    public async Task<Outcome<QuotaList>> ShowQuotasAsync(AccountId? account, CancellationToken cancel) =>
        await store.ReadAsync(async db =>
        {
            var name = account?.Value;
            var accounts = await db.Accounts.Where(a => name == null || a.Name == name).OrderBy(a => a.Name).ToListAsync(cancel);
            var shown = new List<Quota>();
            foreach (var one in accounts)
                shown.Add(new Quota(one.Name, await db.DeviceReads.CountActiveAsync(one.Name, cancel), quotas.Of(one)));
            return new QuotaList(shown);
        });

    public async Task<Outcome<Quota>> SetQuotaAsync(AccountId account, SetQuota request, CancellationToken cancel)
    {
        if (request.Quota is < 0 or > Quotas.Max)
            return JsonBody.Malformed($"A quota is 0 to {Quotas.Max} devices.");
        return await store.WriteAsync<Quota>(async db =>
        {
            var row = await db.Accounts.FindAsync([account.Value], cancel);
            if (row is null)
                return new Refusal(RegistrationProblems.DeviceUnknown, $"There is no account {account} yet: its first token makes it.");
            row.Quota = request.Quota;
            await log.AddAsync(db, new AuditAct.QuotaSet(row.Name, request.Quota), by, cancel);
            return new Quota(row.Name, await db.DeviceReads.CountActiveAsync(row.Name, cancel), request.Quota);
        }, cancel);
    }

    public Task<Outcome<KeyList>> ListKeysAsync(CancellationToken cancel) => Task.FromResult<Outcome<KeyList>>(keys.List());

    public Task<Outcome<KeyRotated>> RotateKeyAsync(RotateKey request, CancellationToken cancel) => keys.RotateAsync(request, by, cancel);

    public Task<Outcome<RootRequestFile>> RequestRotationAsync(RequestRotation request, CancellationToken cancel) => offline.RequestAsync(request, cancel);

    public Task<Outcome<KeyRotated>> InstallRotationAsync(RootRequestFile answer, CancellationToken cancel) => offline.InstallAsync(answer, by, cancel);

    public async Task<Outcome<AuditShown>> ShowAuditAsync(int last, CancellationToken cancel) =>
        last is < 1 or > AuditReading.MostShown
            ? JsonBody.Malformed($"1 to {AuditReading.MostShown} lines are shown.")
            : await audit.ShowAsync(last, cancel);

    public async Task<Outcome<AuditVerdict>> VerifyAuditAsync(CancellationToken cancel) => await audit.VerifyAsync(cancel);

    public Task<Outcome<AdminCreated>> CreateAdminAsync(CreateAdmin request, CancellationToken cancel) => admins.CreateAsync(request, by, cancel);

    public async Task<Outcome<AdminList>> ListAdminsAsync(CancellationToken cancel) => await admins.ListAsync(cancel);

    public Task<Outcome<AdminRevoked>> RevokeAdminAsync(string name, CancellationToken cancel) => admins.RevokeAsync(name, by, cancel);

    private async Task<Outcome<DeviceRevoked>> RevokeAsync(DeviceId id, string name, RevokeDevice request, CancellationToken cancel) =>
        (await lists.RevokeAsync(id, request.Reason, request.Paired, by, cancel))
            .Then<DeviceRevoked>(revoked => new DeviceRevoked(id.ToString(), name, revoked.CrlVersion));

    private static Refusal Unknown(string which) =>
        new(RegistrationProblems.DeviceUnknown, $"No device has the name or id '{Printable.Shorten(which, 80)}'. `openshare-server device list` shows all.");
}
