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
    public async Task Devices_renew_under_the_next_key_and_send_to_each_other_and_only_they()
    {
        using var server = await Server.StartAsync();
        foreach (var device in (TestDevice[])[_alice, _bob])
        {
            await device.RegisterAsync(server, "home");
            await device.StartAgentAsync();
        }
        await _alice.SeesAsync(_bob);
        await File.WriteAllTextAsync(_folder["note"], "hello");

        Assert.Contains("withdrawn", (await server.RunAsync("key", "rotate", "--role", "issuing", "--withdraw")).EndedWith(0).Output, StringComparison.Ordinal);

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
}
