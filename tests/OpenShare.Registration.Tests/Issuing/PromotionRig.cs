using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Tests.Issuing;

/// <summary>A service that asks, with a registered device and one that it has paired.</summary>
public abstract class PromotionRig : IAsyncLifetime
{
    private protected TestDevice Sponsor { get; } = new();

    private protected TestDevice New { get; } = new(name: "Alice's tablet");

    private protected TestService Service { get; private set; } = null!;

    /// <summary>The sponsor's own certificate.</summary>
    private protected DeviceCertificate Sponsors { get; private set; } = null!;

    protected virtual bool OnPostgres => false;

    public async Task InitializeAsync()
    {
        Service = await TestService.StartAsync(o => o with { Promotion = PromotionPolicy.Ask }, onPostgres: OnPostgres);
        using var response = await Sponsor.RegisterAsync(Service.Http, await Service.TokenAsync());
        Sponsors = await response.CertificateAsync();
    }

    public async Task DisposeAsync()
    {
        if (Service is not null)
            await Service.DisposeAsync();
    }

    private protected async Task RestartAsync(PromotionPolicy policy = PromotionPolicy.Ask) =>
        Service = await Service.RestartAsync(o => o with { Promotion = policy });

    private protected DeviceCertificate Endorse() => Sponsor.Endorse(Sponsors, New, Service.Time.GetUtcNow());

    private protected Task<HttpResponseMessage> PromoteAsync(DeviceCertificate endorsement) => New.PromoteAsync(Service.Http, endorsement);

    private protected Task WaitsAsync(DeviceCertificate endorsement) => PromoteAsync(endorsement).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.PromotionWaiting);

    private protected async Task<string> AskAsync(TestDevice device)
    {
        using var response = await device.PromoteAsync(Service.Http, Sponsor.Endorse(Sponsors, device, Service.Time.GetUtcNow()));
        return await response.ProblemAsync();
    }

    private protected async Task<string> RefusedAsync(DeviceCertificate endorsement)
    {
        using var response = await PromoteAsync(endorsement);
        Assert.Equal((HttpStatusCode.Forbidden, RegistrationProblems.EndorsementRefused), (response.StatusCode, await response.ProblemAsync()));
        return await response.Content.ReadAsStringAsync();
    }

    private protected async Task<IReadOnlyList<Promotion>> WaitingAsync(string? account = null) =>
        (await Service.Admin.ListPromotionsAsync(account is null ? null : AccountId.Parse(account), default)).Value().Promotions;

    private protected async Task<Promoted> AdmitAsync(string which) => (await Service.Admin.AdmitDeviceAsync(which, new(), default)).Value();

    private protected Task<long> LinesAsync() => Service.Core.Store.ReadAsync(db => db.CurrentAsync(CounterRow.AuditLine, default));

    private protected async Task HappenAsync(string what, DeviceCertificate endorsement)
    {
        switch (what)
        {
            case "revoked sponsor":
                (await Service.Admin.RevokeDeviceAsync(Sponsor.Id.ToString(), new(), default)).Value();
                break;
            case "withdrawn":
                using (var taken = await TestDevice.PostAsync(Service.Http, RegistrationPaths.Withdraw, new RegistrationMessages.WithdrawRequest(
                    Withdrawal.Create(Sponsor.Key, Sponsors, endorsement.PayloadSha256, endorsement.ExpiresAt).Blob.ToText())))
                    Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
                break;
            case "old":
                Service.Time.Advance(TimeSpan.FromDays(30) + TimeSpan.FromSeconds(2));
                break;
            case "full":
                (await Service.Admin.SetQuotaAsync(AccountId.Parse("alice"), new SetQuota(1), default)).Value();
                break;
            case "revoked":
                (await Service.Admin.RevokeDeviceAsync(New.Id.ToString(), new(Paired: true), default)).Value();
                break;
            case "used":
                await RestartAsync(PromotionPolicy.Always);
                using (var response = await PromoteAsync(endorsement))
                    Assert.Equal(HttpStatusCode.Created, response.StatusCode);
                break;
        }
    }
}
