using OpenShare.Protocol.Identity;
using OpenShare.Registration.Keys.Offline;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Administration;

/// <summary>What can be done to a service by those who administer it: asked of the running service, or done here when none runs.</summary>
internal interface IAdministration
{
    Task<Outcome<TokenCreated>> CreateTokenAsync(CreateToken request, CancellationToken cancel);

    /// <param name="account">null for every account's</param>
    Task<Outcome<TokenList>> ListTokensAsync(AccountId? account, CancellationToken cancel);

    /// <param name="which">the start of its id, or its name</param>
    Task<Outcome<TokenRevoked>> RevokeTokenAsync(string which, CancellationToken cancel);

    Task<Outcome<DeviceList>> FindDevicesAsync(DeviceQuestion question, CancellationToken cancel);

    /// <param name="which">an id, a unique start of one, or a name</param>
    Task<Outcome<Device>> ShowDeviceAsync(string which, CancellationToken cancel);

    /// <param name="which">an id, a unique start of one, or a name</param>
    Task<Outcome<DeviceRevoked>> RevokeDeviceAsync(string which, RevokeDevice request, CancellationToken cancel);

    /// <param name="account">null for every account's</param>
    Task<Outcome<PromotionList>> ListPromotionsAsync(AccountId? account, CancellationToken cancel);

    /// <param name="which">an id, a unique start of one, or a name</param>
    Task<Outcome<Promoted>> AdmitDeviceAsync(string which, AdmitDevice request, CancellationToken cancel);

    /// <param name="which">an id, a unique start of one, or a name</param>
    Task<Outcome<Promoted>> TurnAwayAsync(string which, TurnAway request, CancellationToken cancel);

    /// <param name="account">null for every account's</param>
    Task<Outcome<QuotaList>> ShowQuotasAsync(AccountId? account, CancellationToken cancel);

    Task<Outcome<Quota>> SetQuotaAsync(AccountId account, SetQuota request, CancellationToken cancel);

    Task<Outcome<KeyList>> ListKeysAsync(CancellationToken cancel);

    Task<Outcome<KeyRotated>> RotateKeyAsync(RotateKey request, CancellationToken cancel);

    /// <summary>What root keys elsewhere are to sign for a rotation. Nothing is changed by it, but that an earlier one is answered in vain.</summary>
    Task<Outcome<RootRequestFile>> RequestRotationAsync(RequestRotation request, CancellationToken cancel);

    Task<Outcome<KeyRotated>> InstallRotationAsync(RootRequestFile answer, CancellationToken cancel);

    /// <param name="last">how many of the last lines</param>
    Task<Outcome<AuditShown>> ShowAuditAsync(int last, CancellationToken cancel);

    Task<Outcome<AuditVerdict>> VerifyAuditAsync(CancellationToken cancel);

    Task<Outcome<AdminCreated>> CreateAdminAsync(CreateAdmin request, CancellationToken cancel);

    Task<Outcome<AdminList>> ListAdminsAsync(CancellationToken cancel);

    Task<Outcome<AdminRevoked>> RevokeAdminAsync(string name, CancellationToken cancel);
}
