using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Commands;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Commands;

public sealed class CommandTests
{
    [Theory]
    [InlineData("")]
    [InlineData("run")]
    [InlineData("token")]
    [InlineData("token create")]
    [InlineData("token list")]
    [InlineData("token revoke")]
    [InlineData("device")]
    [InlineData("device list")]
    [InlineData("device show")]
    [InlineData("device revoke")]
    [InlineData("quota")]
    [InlineData("quota show")]
    [InlineData("quota set")]
    [InlineData("key")]
    [InlineData("key list")]
    [InlineData("key rotate")]
    [InlineData("root")]
    [InlineData("root create")]
    [InlineData("root sign")]
    [InlineData("admin")]
    [InlineData("admin create")]
    [InlineData("admin list")]
    [InlineData("admin revoke")]
    [InlineData("audit")]
    [InlineData("audit show")]
    [InlineData("audit verify")]
    public async Task Every_command_has_help_with_an_example(string command)
    {
        var (status, output, error) = await TypeAsync($"{command} --help");
        Assert.Equal((0, ""), (status, error));
        Assert.Matches(@"Example:\n  openshare-server ", output);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tokens")]
    [InlineData("token create")]
    [InlineData("token create --account Alice!")]
    [InlineData("token create --account alice --ttl soon")]
    [InlineData("token create --account alice --uses many")]
    [InlineData("run --urls http://127.0.0.1:80")]
    [InlineData("run --urls https://example.org:443")]
    [InlineData("run --urls https://127.0.0.1:99999")]
    [InlineData("run --certificate-lifetime 0d")]
    [InlineData("run --signing-key hsm")]
    [InlineData("run --signing-key pkcs11:token=t?module-path=/m.so&pin-value=1234")]
    [InlineData("run --renew-expired sometimes")]
    [InlineData("run --trusted-proxy everybody")]
    [InlineData("run --drain-delay soon")]
    [InlineData("run --connections 0")]
    [InlineData("run --connections-per-address many")]
    [InlineData("run --metrics-url https://127.0.0.1:9464")]
    [InlineData("run --oidc-issuer https://login.example")]
    [InlineData("run --oidc-audience share")]
    [InlineData("run --oidc-account-claim email")]
    [InlineData("run --oidc-issuer http://login.example --oidc-audience share")]
    [InlineData("quota set alice")]
    [InlineData("key rotate")]
    [InlineData("key rotate --role tls")]
    [InlineData("key rotate --role issuing --install answer.json")]
    [InlineData("key rotate --install answer.json --withdraw")]
    [InlineData("key rotate --install answer.json --request request.json")]
    [InlineData("key rotate --role issuing --request request.json --root-key AAAA")]
    [InlineData("key rotate --role root --root-key AAAA")]
    [InlineData("root create")]
    [InlineData("root sign --key-file root-key.json")]
    [InlineData("root sign request.json")]
    [InlineData("admin create --name dana")]
    [InlineData("admin create --name dana --role boss")]
    public async Task Wrong_usage_ends_with_2_and_says_what_is_wrong(string line)
    {
        var (status, output, error) = await TypeAsync(line);
        Assert.Equal((2, ""), (status, output));
        Assert.Contains("--help", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_no_service_ran_in_is_said_and_not_made()
    {
        var (status, _, error) = await TypeAsync("device list --data /tmp/osr-no-such-directory");
        Assert.Equal(1, status);
        Assert.Contains("/tmp/osr-no-such-directory", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/tmp/osr-no-such-directory"));
    }

    [Fact]
    public async Task The_commands_speak_to_the_running_service()
    {
        await using var service = await TestService.StartAsync(time: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60)));
        await ManageAsync(service.Data, async device => await device.RegisterAsync(service.Http, await TokenAsync(service.Data)));
        // It was told of the revocation while it ran.
        Assert.Equal(2UL, service.Core.Publisher.Current.List.Version);
    }

    [Fact]
    public async Task The_commands_do_it_themselves_when_no_service_runs()
    {
        using var directory = new TempDirectory();
        var data = new DataDirectory(directory.Path);
        (await RegistrationCore.StartAsync(new RegistrationOptions(data), TimeProvider.System, new SystemRandom(), default)).Dispose();

        await ManageAsync(data, async device =>
        {
            var token = await TokenAsync(data);
            await using var service = await TestService.StartAsync(
                directory: directory.Borrow(), time: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow()));
            return await device.RegisterAsync(service.Http, token);
        });
    }

    [Fact]
    public async Task A_log_that_does_not_hold_ends_with_1_and_says_where()
    {
        await using var service = await TestService.StartAsync();
        using (await new TestDevice().RegisterAsync(service.Http, await TokenAsync(service.Data))) { }
        await service.Core.Store.WriteAsync<int>(async db => await db.AuditLines.Where(l => l.Number == 1).ExecuteDeleteAsync(), default);

        var (status, output, error) = await TypeAsync($"audit verify --data {service.Data}");
        Assert.Equal((1, ""), (status, error));
        Assert.Contains("line 1 is missing", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_another_process_holds_the_directory_without_a_socket_it_is_said()
    {
        using var directory = new TempDirectory();
        var data = new DataDirectory(directory.Path);
        using var core = await RegistrationCore.StartAsync(new RegistrationOptions(data), TimeProvider.System, new SystemRandom(), default);

        var (status, _, error) = await TypeAsync($"device list --data {data}");
        Assert.Equal(1, status);
        Assert.Contains("Another openshare-server", error, StringComparison.Ordinal);
    }

    private static async Task ManageAsync(DataDirectory data, Func<TestDevice, Task<HttpResponseMessage>> register)
    {
        var device = new TestDevice(name: "Bench");
        using (var response = await register(device))
            await response.CertificateAsync();
        var id = device.Id.ToString();

        Assert.Contains(id, await OutputAsync("device list", data), StringComparison.Ordinal);
        Assert.Contains("Bench", await OutputAsync($"device show {id[..6]}", data), StringComparison.Ordinal);
        Assert.Contains("20", await OutputAsync("quota set alice 20", data), StringComparison.Ordinal);
        Assert.Equal("""{"quotas":[{"account_id":"alice","devices":1,"quota":20}]}""", (await OutputAsync("quota show alice --json", data)).Trim());

        using (var revoked = JsonDocument.Parse(await OutputAsync($"device revoke Bench --reason lost --json", data)))
            Assert.Equal((id, 2), (revoked.RootElement.GetProperty("device_id").GetString(), revoked.RootElement.GetProperty("crl_version").GetInt32()));
        using (var shown = JsonDocument.Parse(await OutputAsync($"device show {id} --json", data)))
            Assert.Equal(("revoked", "lost"), (shown.RootElement.GetProperty("state").GetString(), shown.RootElement.GetProperty("revoke_reason").GetString()));
        Assert.Contains("revoked, list version 2: lost", await OutputAsync("audit show", data), StringComparison.Ordinal);
        Assert.StartsWith("The audit log holds: 5 lines", await OutputAsync("audit verify", data), StringComparison.Ordinal);
        Assert.Equal("""{"holds":true,"lines":5,"problems":[]}""", (await OutputAsync("audit verify --json", data)).Trim());
        Assert.Contains("trust root is now version 2", await OutputAsync("key rotate --role crl", data), StringComparison.Ordinal);
        Assert.Matches(@"crl +[0-9a-f]{32} .* kept .*signing-keys\.json
(.*
)*.*crl +[0-9a-f]{32} .* signs +.*signing-keys\.json", await OutputAsync("key list", data));
        Assert.StartsWith("The audit log holds: 6 lines", await OutputAsync("audit verify", data), StringComparison.Ordinal);
        var (status, _, error) = await TypeAsync($"device show nobody --data {data}");
        Assert.Equal(1, status);
        Assert.Contains("nobody", error, StringComparison.Ordinal);
    }

    private static async Task<string> TokenAsync(DataDirectory data)
    {
        var lines = (await OutputAsync("token create --account alice --ttl 5m", data)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var token = Assert.Single(lines);
        Assert.Equal("alice", RegistrationTokenText.Parse(token).Account.Value);
        return token;
    }

    private static async Task<string> OutputAsync(string line, DataDirectory data)
    {
        var (status, output, error) = await TypeAsync($"{line} --data {data}");
        Assert.Equal((0, ""), (status, error));
        return output;
    }

    private static async Task<(int Status, string Output, string Error)> TypeAsync(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = await CommandLine.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error);
        return (status, output.ToString(), error.ToString());
    }
}
