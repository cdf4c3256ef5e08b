using System.Net;
using System.Net.Sockets;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Hosting;

/// <summary>What load balancers and service managers see of the service, above all when it ends.</summary>
public sealed class HealthTests
{
    /// <summary>A request of which one byte is to come.</summary>
    private const string Half = $"POST {RegistrationPaths.Register} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{";

    [Fact]
    public async Task It_is_alive_and_ready_and_says_what_that_depends_on()
    {
        await using var service = await TestService.StartAsync();
        Assert.Equal((HttpStatusCode.OK, ""), await service.HealthAsync(RegistrationPaths.Live));
        Assert.Equal((HttpStatusCode.OK, "accepting database signing"), await service.HealthAsync(RegistrationPaths.Ready, "healthy"));
    }

    [Fact]
    public async Task One_that_is_to_end_is_not_ready_at_once_lets_nobody_wait_and_answers_until_it_was_noticed()
    {
        await using var service = await TestService.StartAsync(o => o with { DrainDelay = TimeSpan.FromSeconds(30) });
        var waiting = service.Http.GetAsync(new Uri(RegistrationPaths.RevocationList + "?after=1&wait=60", UriKind.Relative));
        var ended = service.Web.DisposeAsync().AsTask();

        using (var list = await waiting.WaitAsync(TimeSpan.FromSeconds(20)))
            Assert.Equal(HttpStatusCode.OK, list.StatusCode);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "accepting"), await service.HealthAsync(RegistrationPaths.Ready));
        Assert.Equal((HttpStatusCode.OK, ""), await service.HealthAsync(RegistrationPaths.Live));
        using (var registered = await new TestDevice().RegisterAsync(service.Http, await service.TokenAsync()))
            Assert.True(registered is { StatusCode: HttpStatusCode.Created, Headers.ConnectionClose: true });
        Assert.False(ended.IsCompleted);

        service.Time.Advance(TimeSpan.FromSeconds(31));
        await ended.WaitAsync(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<HttpRequestException>(() => service.Http.GetAsync(new Uri(RegistrationPaths.Live, UriKind.Relative)));
    }

    [Fact]
    public async Task What_is_under_way_is_finished_though_nothing_new_is_taken()
    {
        await using var service = await TestService.StartAsync(o => o with { DrainPatience = TimeSpan.FromMinutes(1) });
        await using var request = await RawRequest.ConnectAsync(service.Url);
        await request.SendAsync(Half);
        await Eventually.TrueAsync(() => Task.FromResult(service.Log.Lines.Any(l => l.Contains("Request starting", StringComparison.Ordinal))), begun => begun);
        var ended = service.Web.DisposeAsync().AsTask();
        await Eventually.TrueAsync(() => IsRefusedAsync(service.Url), refused => refused);

        Assert.False(ended.IsCompleted);
        await request.SendAsync("}");
        Assert.StartsWith("HTTP/1.1 400", await request.StatusAsync(), StringComparison.Ordinal);
        await ended.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [SkippableFact]
    public async Task SIGTERM_waits_for_a_request_that_never_ends_for_seconds_only_and_ends_with_0()
    {
        Skip.If(OperatingSystem.IsWindows(), "SIGTERM");
        using var data = new TempDirectory();
        await using var server = await ServerProcess.StartAsync(data.Path);
        await using var endless = await RawRequest.ConnectAsync(server.Url);
        await endless.SendAsync(Half);
        await using var idle = await RawRequest.ConnectAsync(server.Url);
        await server.TerminateAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
    }

    private static async Task<bool> IsRefusedAsync(Uri url)
    {
        try
        {
            await using var request = await RawRequest.ConnectAsync(url);
            return false;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return true;
        }
    }
}
