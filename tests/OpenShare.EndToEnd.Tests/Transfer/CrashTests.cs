using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>An agent that ends by its own fault, and is started again as systemd does it.</summary>
[Collection(Processes.Name)]
public sealed class CrashTests(SharedServer shared) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_crash_leaves_a_report_and_the_next_agent_tells_of_it_once_and_goes_on()
    {
        var token = await shared.Server.TokenAsync($"account-{Guid.NewGuid():N}"[..20], "--uses", "2");
        using var alice = new TestDevice(_folder.Path, "alice");
        using var bob = new TestDevice(_folder.Path, "bob");
        foreach (var device in (TestDevice[])[alice, bob])
        {
            await device.RegisterAsync(shared.Server.Url, token);
            if (device == bob)
                foreach (var (name, value) in ((string, string)[])[("DOTNET_STARTUP_HOOKS", typeof(CrashTests).Assembly.Location), (StartupHook.CrashFile, _folder["crash"])])
                    bob.Environment[name] = value;
            await device.StartAgentAsync();
        }
        await alice.SeesAsync(bob);
        var file = Samples.MakeFile(_folder["long"], 24 * Samples.MiB);
        using var send = alice.Start(["send", file, "--to", bob.Id, "--limit", "8M", "--json"]);
        await Eventually.TrueAsync("some of it is there", Patience.Long, async () => await bob.NewestTransferAsync() is { } t && t.GetProperty("bytes_sent").GetInt64() > 0);

        await File.WriteAllTextAsync(_folder["crash"], "");
        Assert.NotEqual(0, (await bob.Agent.EndAsync()).Code);
        await bob.StartAgentAsync();

        (await send.EndAsync(TimeSpan.FromMinutes(2))).EndedWith(0);
        Samples.AssertSame(file, bob.Received("long"));
        var crash = (await bob.StatusAsync()).GetProperty("crash");
        Assert.Equal("System.InvalidOperationException: thrown by a test", crash.Text("what"));
        Assert.Contains("StartupHook", await File.ReadAllTextAsync(crash.Text("report")!), StringComparison.Ordinal);
        await bob.Agent.TerminateAsync();
        await bob.StartAgentAsync();
        Assert.True((await bob.StatusAsync()).IsNull("crash"));
    }

    public void Dispose() => _folder.Dispose();
}
