using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Registration;

/// <summary>An organisation's issuing key is in other hands: it is withdrawn, and the devices go on without registering again.</summary>
[Collection(Processes.Name)]
public sealed class KeyRotationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestDevice _alice, _bob;

    public KeyRotationTests() =>
        (_alice, _bob) = (new TestDevice(_folder.Path, "alice"), new TestDevice(_folder.Path, "bob") { SaveTo = _folder["received"] });

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        _folder.Dispose();
    }

    [Fact]
    [Trait("Length", "Long")]
    public async Task Devices_renew_under_the_next_key_and_send_to_each_other_and_only_they()
    {
        using var server = await BeginAsync();

        Assert.Contains("withdrawn", (await server.RunAsync("key", "rotate", "--role", "issuing", "--withdraw")).EndedWith(0).Output, StringComparison.Ordinal);

        await GoOnAsync(server);
    }

    [Fact]
    public async Task Devices_follow_what_a_root_key_signed_that_is_never_online()
    {
        using var server = await BeginAsync();
        var (key, passphrase) = (_folder["root-key.json"], _folder["passphrase"]);
        await File.WriteAllTextAsync(passphrase, "correct horse battery staple");
        var made = await OfflineAsync("create", "--key-file", key, "--passphrase-file", passphrase);
        var publicKey = made.Split("--root-key ")[1].Split(' ')[0];

        await RotateAsync("move", "--role", "root", "--root-key", publicKey);
        await RotateAsync("issuing", "--role", "issuing", "--withdraw");

        Assert.Contains("offline", (await server.RunAsync("key", "list")).EndedWith(0).Output, StringComparison.Ordinal);
        await GoOnAsync(server);

        async Task RotateAsync(string request, params string[] what)
        {
            (await server.RunAsync(["key", "rotate", .. what, "--request", _folder[request]])).EndedWith(0);
            await OfflineAsync("sign", _folder[request], "--key-file", key, "--passphrase-file", passphrase, "--yes");
            (await server.RunAsync("key", "rotate", "--install", _folder[request] + ".signed")).EndedWith(0);
        }
    }

    private async Task<Server> BeginAsync()
    {
        var server = await Server.StartAsync();
        foreach (var device in (TestDevice[])[_alice, _bob])
            await device.BeginAsync(server, "home");
        await _alice.SeesAsync(_bob);
        await File.WriteAllTextAsync(_folder["note"], "hello");
        return server;
    }

    // Their certificates are good for a renewal alone by now.
    private async Task GoOnAsync(Server server)
    {
        // Each asks the service when it starts; they would each hour.
        foreach (var device in (TestDevice[])[_alice, _bob])
        {
            await device.Agent.TerminateAsync();
            await device.StartAgentAsync();
        }
        await _alice.SeesAsync(_bob);
        (await _alice.SendAsync(_bob, _folder["note"])).EndedWith(0);

        Assert.Equal("hello", await File.ReadAllTextAsync(Path.Combine(_folder["received"], "note")));
        Assert.Contains("issued as a renewal", (await server.RunAsync("audit", "show")).EndedWith(0).Output, StringComparison.Ordinal);
        (await server.RunAsync("audit", "verify")).EndedWith(0);
    }

    private static async Task<string> OfflineAsync(params string[] arguments)
    {
        using var command = RunningProcess.Start(Checkout.Server, ["root", .. arguments]);
        return (await command.EndAsync()).EndedWith(0).Output;
    }
}
