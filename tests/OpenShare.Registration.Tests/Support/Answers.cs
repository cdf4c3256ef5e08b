using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;

namespace OpenShare.Registration.Tests.Support;

/// <summary>Reading what the service answered.</summary>
internal static class Answers
{
    public static async Task<T> ReadAsync<T>(this HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<T>(RegistrationJson.Options))!;
    }

    public static async Task<DeviceCertificate> CertificateAsync(this HttpResponseMessage response) =>
        DeviceCertificate.Parse((await response.ReadAsync<RegistrationMessages.RegisterResponse>()).CertBlob);

    /// <summary>The signed discovery key of a registration's or renewal's answer, unverified.</summary>
    public static async Task<DiscoveryKey> DiscoveryKeyAsync(this HttpResponseMessage response) =>
        DiscoveryKey.Parse((await response.ReadAsync<RegistrationMessages.RegisterResponse>()).DiscoveryKey!);

    /// <summary>The problem's code, for a refusal that is one as RFC 9457 has it.</summary>
    public static async Task<string> ProblemAsync(this HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal((int)response.StatusCode, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
        var type = problem.RootElement.GetProperty("type").GetString()!;
        Assert.StartsWith(RegistrationProblems.TypePrefix, type, StringComparison.Ordinal);
        return type[RegistrationProblems.TypePrefix.Length..];
    }

    public static async Task RefusedAsync(this Task<HttpResponseMessage> request, HttpStatusCode status, string code)
    {
        using var response = await request;
        Assert.Equal((status, code), (response.StatusCode, await response.ProblemAsync()));
    }

    public static async Task<string> TokenAsync(this TestService service, string account = "alice", int uses = 1, long ttlSeconds = 3600)
    {
        var outcome = await service.Admin.CreateTokenAsync(new AdministrationMessages.CreateToken(account, uses, ttlSeconds), default);
        return outcome.Value().Token;
    }

    /// <summary>What a health check answers, and which of its parts are in this state.</summary>
    public static async Task<(HttpStatusCode Status, string Parts)> HealthAsync(this TestService service, string path, string state = "unhealthy")
    {
        using var response = await service.Http.GetAsync(new Uri(path, UriKind.Relative));
        using var report = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, string.Join(' ', report.RootElement.GetProperty("checks").EnumerateObject().Where(c => c.Value.GetString() == state).Select(c => c.Name).Order()));
    }

    public static T Value<T>(this Outcome<T> outcome) => Assert.IsType<Outcome<T>.Done>(outcome).Value;
}
