using System.Net;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Http;

/// <summary>What is logged of requests where nobody asks for more: one line for each that changes something or fails.</summary>
public sealed class RequestLogTests
{
    [Fact]
    public async Task Who_registers_has_a_line_and_who_polls_or_asks_too_much_has_none()
    {
        await using var service = await TestService.StartAsync(o => o with { RateLimits = new RateLimits(WritesPerSecond: 1) { WriteBurst = 3 } });
        using (await service.Http.GetAsync(new Uri(RegistrationPaths.RevocationList, UriKind.Relative))) { }
        var asked = 0;
        for (var status = HttpStatusCode.OK; status != HttpStatusCode.TooManyRequests; asked++)
        {
            using var response = await service.Http.PostAsync(new Uri(RegistrationPaths.Challenge, UriKind.Relative), null);
            status = response.StatusCode;
        }
        // The last line, of whatever level: those before it are there.
        await Eventually.TrueAsync(() => Task.FromResult(Lines(service, "").Any(l => l.Contains("responded 429", StringComparison.Ordinal))), logged => logged);

        var shown = Lines(service, "Information");
        Assert.Equal(asked - 1, shown.Count);
        Assert.All(shown, l => Assert.Contains("of 127.0.0.1 responded 200", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_hangs_up_has_a_line_and_no_stack_trace()
    {
        await using var service = await TestService.StartAsync();
        var device = new TestDevice();
        using (await device.RegisterAsync(service.Http, await service.TokenAsync())) { }
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var write = service.Core.Store.WriteAsync<int>(async _ =>
        {
            begun.SetResult();
            await goOn.Task;
            return 1;
        }, default);
        await begun.Task;
        using (var impatient = service.NewClient())
        {
            var waiting = TestDevice.PostAsync(impatient, RegistrationPaths.Revoke, new RegistrationMessages.RevokeRequest(device.Id.ToString()), service.AdminCredential);
            await Eventually.TrueAsync(() => Task.FromResult(service.Log.Lines.Any(l => l.Contains("Executing endpoint", StringComparison.Ordinal) && l.Contains(RegistrationPaths.Revoke, StringComparison.Ordinal))), arrived => arrived);
            impatient.CancelPendingRequests();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }
        await Eventually.TrueAsync(() => Task.FromResult(Lines(service, "").Any(l => l.Contains("responded 499", StringComparison.Ordinal))), logged => logged);
        Assert.DoesNotContain(service.Log.Lines, l => l.Contains("   at ", StringComparison.Ordinal));

        goOn.SetResult();
        Assert.Equal(1, (await write).Value());
        using var renewed = await device.RenewAsync(service.Http);
        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
    }

    [Fact]
    public async Task A_path_is_shown_printable_and_short_and_is_no_line_of_its_own()
    {
        await using var service = await TestService.StartAsync();
        foreach (var path in new[] { "%0A[12:00:00 INF] HTTP forged", "%1B[2Jcleared", "%E2%80%AEdesrever", new string('a', 6_000) })
        {
            using var response = await service.Http.PostAsync(new Uri("/v1/admin/devices/" + path + "/revoke", UriKind.Relative), null);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
        await Eventually.TrueAsync(() => Task.FromResult(Lines(service, "Information").Count), logged => logged == 4);

        Assert.All(Lines(service, "Information"), line =>
        {
            var shown = line[..line.IndexOf(" ms", StringComparison.Ordinal)];
            Assert.DoesNotContain(shown, c => char.IsControl(c) || c == '\u202e');
            Assert.InRange(shown.Length, 1, 300);
        });
    }

    [Theory]
    [InlineData("POST", "/nothing")]
    [InlineData("POST", RegistrationPaths.RevocationList)]
    [InlineData("POST", "/owner/tokens")]
    [InlineData("ANYTHING", "/nothing")]
    public async Task What_nothing_is_for_has_no_line_and_is_answered_so_often_and_no_more(string method, string path)
    {
        await using var service = await TestService.StartAsync(o => o with { RateLimits = new RateLimits(WritesPerSecond: 1) { WriteBurst = 3 } });
        var statuses = new List<HttpStatusCode>();
        for (var asked = 0; asked < 12; asked++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            using var response = await service.Http.SendAsync(request);
            statuses.Add(response.StatusCode);
        }
        // The last line, of whatever level: those before it are there.
        await Eventually.TrueAsync(() => Task.FromResult(Lines(service, "").Count), logged => logged == 12);

        Assert.Contains(statuses[0], new[] { HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed });
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        Assert.Empty(Lines(service, "Information"));
        // What is answered is asked on: its allowance is another.
        using var challenge = await service.Http.PostAsync(new Uri(RegistrationPaths.Challenge, UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, challenge.StatusCode);
    }

    private static List<string> Lines(TestService service, string level) =>
        [.. service.Log.Lines.Where(l => l.StartsWith(level, StringComparison.Ordinal) && l.Contains(" HTTP \"", StringComparison.Ordinal) && l.Contains(" responded ", StringComparison.Ordinal))];
}
