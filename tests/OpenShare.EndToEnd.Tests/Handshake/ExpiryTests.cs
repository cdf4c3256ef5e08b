using OpenShare.Device.Peers;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Wire;

namespace OpenShare.EndToEnd.Tests.Handshake;

[Collection(Processes.Name)]
public sealed class ExpiryTests : IDisposable
{
    private static readonly TimeSpan MoreThanItsLife = TimeSpan.FromDays(380);

    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public async Task An_expired_certificate_is_refused_on_both_sides()
    {
        var lastYear = FakeTime.Late(MoreThanItsLife);
        using var server = await Server.StartAsync(environment: lastYear);
        using var alice = new TestDevice(_folder.Path, "alice");
        using var bob = new TestDevice(_folder.Path, "bob");
        foreach (var (key, value) in lastYear)
            alice.Environment[key] = value;
        await alice.RegisterAsync(server, "expiry");
        alice.Environment.Clear();
        await server.StopAsync();
        await server.StartAgainAsync(environment: null);
        await bob.RegisterAsync(server, "expiry");
        // Or Alice would renew hers.
        await server.StopAsync();
        await bob.StartAgentAsync();

        var refused = Assert.IsType<HandshakeOutcome.Failed>(await HostilePeer.Take(alice).DialAsync(bob)).Failure;
        Assert.Equal(RefusalCode.Expired, Assert.IsType<HandshakeFailure.RefusedByPeer>(refused).Code);

        await alice.StartAgentAsync();
        Assert.Equal("expired", (await alice.StatusAsync()).Text("trust"));
        await bob.CallsAsync(alice, "expired");
        (await SendAsync(alice, $"127.0.0.1:{bob.Port}")).EndedWith(5).Said("expired");
        (await SendAsync(bob, alice.Id)).EndedWith(5).Said("expired");
        Assert.False(Path.Exists(bob.SaveTo) || Path.Exists(alice.SaveTo));
    }

    public void Dispose() => _folder.Dispose();

    private Task<CommandResult> SendAsync(TestDevice from, string to) =>
        from.RunAsync("send", Samples.MakeFile(_folder["letter"], 100), "--to", to);
}
