using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Keys.Offline;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Administration;

/// <summary>Administration asked of the running service over its owner's socket.</summary>
internal sealed class SocketAdministration : IAdministration, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A log of a million lines takes some minutes.
    private static readonly TimeSpan VerifyPatience = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http;

    private SocketAdministration(HttpClient http) => _http = http;

    /// <returns>null when no service runs on that socket</returns>
    public static async Task<SocketAdministration?> TryConnectAsync(string path, CancellationToken cancel)
    {
        using var probe = await OwnerSocket.TryConnectAsync(path, cancel);
        if (probe is null)
            return null;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, stop) => new NetworkStream(
                await OwnerSocket.TryConnectAsync(path, stop) ?? throw new HttpRequestException("the service has just stopped"), ownsSocket: true),
        };
        return new SocketAdministration(new HttpClient(handler) { BaseAddress = new Uri("http://localhost"), Timeout = Timeout.InfiniteTimeSpan });
    }

    public Task<Outcome<TokenCreated>> CreateTokenAsync(CreateToken request, CancellationToken cancel) =>
        SendAsync<TokenCreated>(HttpMethod.Post, AdministrationPaths.Tokens, request, cancel);

    public Task<Outcome<TokenList>> ListTokensAsync(AccountId? account, CancellationToken cancel) =>
        SendAsync<TokenList>(HttpMethod.Get, AdministrationPaths.Tokens + Of(account), null, cancel);

    public Task<Outcome<TokenRevoked>> RevokeTokenAsync(string which, CancellationToken cancel) =>
        SendAsync<TokenRevoked>(HttpMethod.Post, $"{AdministrationPaths.Tokens}/{Uri.EscapeDataString(which)}/revoke", null, cancel);

    public Task<Outcome<DeviceList>> FindDevicesAsync(DeviceQuestion question, CancellationToken cancel) =>
        SendAsync<DeviceList>(HttpMethod.Get, AdministrationPaths.Devices + Of(question), null, cancel);

    public Task<Outcome<Device>> ShowDeviceAsync(string which, CancellationToken cancel) =>
        SendAsync<Device>(HttpMethod.Get, $"{AdministrationPaths.Devices}/{Uri.EscapeDataString(which)}", null, cancel);

    public Task<Outcome<DeviceRevoked>> RevokeDeviceAsync(string which, RevokeDevice request, CancellationToken cancel) =>
        SendAsync<DeviceRevoked>(HttpMethod.Post, $"{AdministrationPaths.Devices}/{Uri.EscapeDataString(which)}/revoke", request, cancel);

    public Task<Outcome<PromotionList>> ListPromotionsAsync(AccountId? account, CancellationToken cancel) =>
        SendAsync<PromotionList>(HttpMethod.Get, AdministrationPaths.Promotions + Of(account), null, cancel);

    public Task<Outcome<Promoted>> AdmitDeviceAsync(string which, AdmitDevice request, CancellationToken cancel) =>
        SendAsync<Promoted>(HttpMethod.Post, $"{AdministrationPaths.Promotions}/{Uri.EscapeDataString(which)}/admit", request, cancel);

    public Task<Outcome<Promoted>> TurnAwayAsync(string which, TurnAway request, CancellationToken cancel) =>
        SendAsync<Promoted>(HttpMethod.Post, $"{AdministrationPaths.Promotions}/{Uri.EscapeDataString(which)}/turn-away", request, cancel);

    public Task<Outcome<QuotaList>> ShowQuotasAsync(AccountId? account, CancellationToken cancel) =>
        SendAsync<QuotaList>(HttpMethod.Get, AdministrationPaths.Quotas + Of(account), null, cancel);

    public Task<Outcome<Quota>> SetQuotaAsync(AccountId account, SetQuota request, CancellationToken cancel) =>
        SendAsync<Quota>(HttpMethod.Put, $"{AdministrationPaths.Quotas}/{Uri.EscapeDataString(account.Value)}", request, cancel);

    public Task<Outcome<KeyList>> ListKeysAsync(CancellationToken cancel) => SendAsync<KeyList>(HttpMethod.Get, AdministrationPaths.Keys, null, cancel);

    public Task<Outcome<KeyRotated>> RotateKeyAsync(RotateKey request, CancellationToken cancel) =>
        SendAsync<KeyRotated>(HttpMethod.Post, AdministrationPaths.KeyRotation, request, cancel);

    public Task<Outcome<RootRequestFile>> RequestRotationAsync(RequestRotation request, CancellationToken cancel) =>
        SendAsync<RootRequestFile>(HttpMethod.Post, AdministrationPaths.KeyRotationRequest, request, cancel);

    public Task<Outcome<KeyRotated>> InstallRotationAsync(RootRequestFile answer, CancellationToken cancel) =>
        SendAsync<KeyRotated>(HttpMethod.Post, AdministrationPaths.KeyRotationAnswer, answer, cancel);

    public Task<Outcome<AuditShown>> ShowAuditAsync(int last, CancellationToken cancel) =>
        SendAsync<AuditShown>(HttpMethod.Get, $"{AdministrationPaths.Audit}?last={last}", null, cancel);

    public Task<Outcome<AuditVerdict>> VerifyAuditAsync(CancellationToken cancel) =>
        SendAsync<AuditVerdict>(HttpMethod.Get, AdministrationPaths.AuditVerdict, null, cancel, VerifyPatience);

    public Task<Outcome<AdminCreated>> CreateAdminAsync(CreateAdmin request, CancellationToken cancel) =>
        SendAsync<AdminCreated>(HttpMethod.Post, AdministrationPaths.Admins, request, cancel);

    public Task<Outcome<AdminList>> ListAdminsAsync(CancellationToken cancel) =>
        SendAsync<AdminList>(HttpMethod.Get, AdministrationPaths.Admins, null, cancel);

    public Task<Outcome<AdminRevoked>> RevokeAdminAsync(string name, CancellationToken cancel) =>
        SendAsync<AdminRevoked>(HttpMethod.Post, $"{AdministrationPaths.Admins}/{Uri.EscapeDataString(name)}/revoke", null, cancel);

    public void Dispose() => _http.Dispose();

    private async Task<Outcome<T>> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancel, TimeSpan? patience = null) where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(patience ?? Patience);
        using var request = new HttpRequestMessage(method, AdministrationPaths.Owner + path);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: RegistrationJson.Options);
        try
        {
            using var response = await _http.SendAsync(request, limit.Token);
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadFromJsonAsync<T>(RegistrationJson.Options, limit.Token) ?? throw new JsonException("empty");
            var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(limit.Token);
            return new Refusal(problem?.Type?.Replace(RegistrationProblems.TypePrefix, "", StringComparison.Ordinal) ?? RegistrationProblems.Internal,
                problem?.Detail ?? $"The service answered {(int)response.StatusCode}.");
        }
        catch (Exception error) when (error is HttpRequestException or JsonException || (error is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new UserError($"The running service did not answer on its socket ({error.Message}). Look at its log.");
        }
    }

    private static string Of(DeviceQuestion question)
    {
        var query = new QueryString()
            .Add("after", question.After.ToString(CultureInfo.InvariantCulture)).Add("most", question.Most.ToString(CultureInfo.InvariantCulture));
        if (question.Account is { } account)
            query = query.Add("account", account.Value);
        return (question.Search is { } search ? query.Add("search", search) : query).ToString();
    }

    private static string Of(AccountId? account) => account is { } one ? "?account=" + Uri.EscapeDataString(one.Value) : "";
}
