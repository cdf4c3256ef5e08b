using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Administration;

/// <summary><see cref="IAdministration"/> over the owner's socket; anybody else gets 404, as for a path that is not there.</summary>
internal static class AdministrationEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var owner = app.MapGroup(AdministrationPaths.Root).ExcludeFromDescription().AddEndpointFilter(async (context, next) =>
            OwnerSocket.IsUsedBy(context.HttpContext) ? await next(context) : TypedResults.Problem(statusCode: StatusCodes.Status404NotFound));

        owner.MapPost(AdministrationPaths.Tokens, async (HttpContext http, IAdministration admin) =>
            (await (await JsonBody.ReadAsync<CreateToken>(http.Request)).ThenAsync(r => admin.CreateTokenAsync(r, http.RequestAborted))).ToResult());

        owner.MapGet(AdministrationPaths.Devices, async (HttpContext http, IAdministration admin, string? account) =>
            (await Account(account).ThenAsync(a => admin.ListDevicesAsync(a, http.RequestAborted))).ToResult());

        owner.MapGet(AdministrationPaths.Devices + "/{which}", async (HttpContext http, IAdministration admin, string which) =>
            (await admin.ShowDeviceAsync(which, http.RequestAborted)).ToResult());

        owner.MapPost(AdministrationPaths.Devices + "/{which}/revoke", async (HttpContext http, IAdministration admin, string which) =>
            (await (await JsonBody.ReadAsync<RevokeDevice>(http.Request)).ThenAsync(r => admin.RevokeDeviceAsync(which, r, http.RequestAborted))).ToResult());

        owner.MapGet(AdministrationPaths.Quotas, async (HttpContext http, IAdministration admin, string? account) =>
            (await Account(account).ThenAsync(a => admin.ShowQuotasAsync(a, http.RequestAborted))).ToResult());

        owner.MapPut(AdministrationPaths.Quotas + "/{account}", async (HttpContext http, IAdministration admin, string account) =>
            (await (await JsonBody.ReadAsync<SetQuota>(http.Request)).ThenAsync(r => Account(account)
                .ThenAsync(a => admin.SetQuotaAsync(a!.Value, r, http.RequestAborted)))).ToResult());

        owner.MapGet(AdministrationPaths.Keys, async (HttpContext http, IAdministration admin) =>
            (await admin.ListKeysAsync(http.RequestAborted)).ToResult());

        owner.MapPost(AdministrationPaths.KeyRotation, async (HttpContext http, IAdministration admin) =>
            (await (await JsonBody.ReadAsync<RotateKey>(http.Request)).ThenAsync(r => admin.RotateKeyAsync(r, http.RequestAborted))).ToResult());

        owner.MapGet(AdministrationPaths.Audit, async (HttpContext http, IAdministration admin, int last) =>
            (await admin.ShowAuditAsync(last, http.RequestAborted)).ToResult());

        owner.MapGet(AdministrationPaths.AuditVerdict, async (HttpContext http, IAdministration admin) =>
            (await admin.VerifyAuditAsync(http.RequestAborted)).ToResult());
    }

    private static Outcome<AccountId?> Account(string? text)
    {
        if (text is null)
            return (AccountId?)null;
        return AccountId.TryParse(text, out var account) ? account : JsonBody.Malformed($"'{Printable.Shorten(text, 80)}' is no account.");
    }
}
