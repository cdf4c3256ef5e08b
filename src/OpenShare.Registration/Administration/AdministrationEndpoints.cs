using System.Globalization;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Http;
using OpenShare.Registration.Keys.Offline;
using static OpenShare.Registration.Administration.Access.AdminRole;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Administration;

/// <summary>
/// <see cref="IAdministration"/> over the owner's socket, where anybody else gets 404 as for a path that is not there, and over HTTPS for
/// whoever shows a token, as far as their role goes.
/// </summary>
internal static class AdministrationEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        MapAll(app.MapGroup(AdministrationPaths.Owner).AddEndpointFilter(async (context, next) =>
            OwnerSocket.IsUsedBy(context.HttpContext) ? await next(context) : TypedResults.Problem(statusCode: StatusCodes.Status404NotFound)));
        MapAll(app.MapGroup(AdministrationPaths.Https).RequireRateLimiting(RateLimits.Writes));
    }

    private static void MapAll(RouteGroupBuilder group)
    {
        group.ExcludeFromDescription();
        Get(group, AdministrationPaths.Me, [Registrar, Auditor], c => Task.FromResult<Outcome<Me>>(new Me(c.Caller.Name, c.Caller.Role.Name())));
        Post<CreateToken, TokenCreated>(group, AdministrationPaths.Tokens, [Registrar], (c, request) => c.Admin.CreateTokenAsync(request, c.Cancel));
        Get(group, AdministrationPaths.Tokens, [Registrar, Auditor], c => Account(c.Query("account")).ThenAsync(a => c.Admin.ListTokensAsync(a, c.Cancel)));
        AdministrationCall.Map(group, "POST", AdministrationPaths.Tokens + "/{which}/revoke", [Registrar], c => c.Admin.RevokeTokenAsync(c.Route("which"), c.Cancel));
        Get(group, AdministrationPaths.Devices, [Registrar, Auditor], c => Question(c).ThenAsync(q => c.Admin.FindDevicesAsync(q, c.Cancel)));
        Get(group, AdministrationPaths.Devices + "/{which}", [Registrar, Auditor], c => c.Admin.ShowDeviceAsync(c.Route("which"), c.Cancel));
        Post<RevokeDevice, DeviceRevoked>(group, AdministrationPaths.Devices + "/{which}/revoke", [Registrar],
            (c, request) => c.Admin.RevokeDeviceAsync(c.Route("which"), request, c.Cancel));
        Get(group, AdministrationPaths.Promotions, [Registrar, Auditor], c => Account(c.Query("account")).ThenAsync(a => c.Admin.ListPromotionsAsync(a, c.Cancel)));
        Post<AdmitDevice, Promoted>(group, AdministrationPaths.Promotions + "/{which}/admit", [Registrar],
            (c, request) => c.Admin.AdmitDeviceAsync(c.Route("which"), request, c.Cancel));
        Post<TurnAway, Promoted>(group, AdministrationPaths.Promotions + "/{which}/turn-away", [Registrar],
            (c, request) => c.Admin.TurnAwayAsync(c.Route("which"), request, c.Cancel));
        Get(group, AdministrationPaths.Quotas, [Registrar, Auditor], c => Account(c.Query("account")).ThenAsync(a => c.Admin.ShowQuotasAsync(a, c.Cancel)));
        AdministrationCall.Map(group, "PUT", AdministrationPaths.Quotas + "/{account}", [], async c =>
            await (await JsonBody.ReadAsync<SetQuota>(c.Http.Request)).ThenAsync(r => Account(c.Route("account")).ThenAsync(a => c.Admin.SetQuotaAsync(a!.Value, r, c.Cancel))));
        Get(group, AdministrationPaths.Keys, [Auditor], c => c.Admin.ListKeysAsync(c.Cancel));
        Post<RotateKey, KeyRotated>(group, AdministrationPaths.KeyRotation, [], (c, request) => c.Admin.RotateKeyAsync(request, c.Cancel));
        Post<RequestRotation, RootRequestFile>(group, AdministrationPaths.KeyRotationRequest, [], (c, request) => c.Admin.RequestRotationAsync(request, c.Cancel));
        Post<RootRequestFile, KeyRotated>(group, AdministrationPaths.KeyRotationAnswer, [], (c, answer) => c.Admin.InstallRotationAsync(answer, c.Cancel));
        Get(group, AdministrationPaths.Audit, [Auditor], c => c.Admin.ShowAuditAsync(int.TryParse(c.Query("last"), out var last) ? last : 0, c.Cancel));
        Get(group, AdministrationPaths.AuditVerdict, [Auditor], c => c.Admin.VerifyAuditAsync(c.Cancel));
        Post<CreateAdmin, AdminCreated>(group, AdministrationPaths.Admins, [], (c, request) => c.Admin.CreateAdminAsync(request, c.Cancel));
        Get(group, AdministrationPaths.Admins, [Auditor], c => c.Admin.ListAdminsAsync(c.Cancel));
        AdministrationCall.Map(group, "POST", AdministrationPaths.Admins + "/{name}/revoke", [], c => c.Admin.RevokeAdminAsync(c.Route("name"), c.Cancel));
    }

    private static void Get<T>(RouteGroupBuilder group, string path, AdminRole[] roles, Func<AdministrationCall, Task<Outcome<T>>> answer) =>
        AdministrationCall.Map(group, "GET", path, roles, answer);

    private static void Post<TBody, T>(RouteGroupBuilder group, string path, AdminRole[] roles, Func<AdministrationCall, TBody, Task<Outcome<T>>> answer)
        where TBody : class =>
        AdministrationCall.Map(group, "POST", path, roles, async c => await (await JsonBody.ReadAsync<TBody>(c.Http.Request)).ThenAsync(body => answer(c, body)));

    private static Outcome<DeviceQuestion> Question(AdministrationCall call) => Account(call.Query("account")).Then<DeviceQuestion>(account =>
        Number(call.Query("after"), 0) is { } after && Number(call.Query("most"), MostDevices) is >= 1 and <= MostDevices and var most
            ? new DeviceQuestion(account, call.Query("search"), after, (int)most)
            : JsonBody.Malformed($"'after' is a device's number, and 'most' 1 to {MostDevices}."));

    /// <returns>null: it is none</returns>
    private static long? Number(string? text, long usual) =>
        text is null ? usual : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Outcome<AccountId?> Account(string? text)
    {
        if (text is null)
            return (AccountId?)null;
        return AccountId.TryParse(text, out var account) ? account : JsonBody.Malformed($"'{Printable.Shorten(text, 80)}' is no account.");
    }
}
