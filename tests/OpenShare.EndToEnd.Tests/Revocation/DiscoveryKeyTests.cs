using OpenShare.Device.Storage.Database;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Revocation;

/// <summary>A revocation changes what the account's devices announce themselves under.</summary>
[Collection(Processes.Name)]
public sealed class DiscoveryKeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Overheard _wire = new();
    private readonly TestDevice _alice, _bob, _carol;

    public DiscoveryKeyTests() => (_alice, _bob, _carol) = (Device("alice"), Device("bob"), Device("carol"));

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        _carol.Dispose();
        _wire.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task After_a_revocation_acct_hash_is_another_and_the_others_find_each_other_and_the_revoked_device_nobody()
    {
        using var server = await Server.StartAsync();
        await BeginAsync(server);
        var before = await _wire.AccountOfAsync(_alice);
        Assert.Equal((before, before), (await _wire.AccountOfAsync(_bob), await _wire.AccountOfAsync(_carol)));

        await server.RevokeAsync(_carol.Id);

        var after = await _wire.AccountOfAsync(_alice, before);
        Assert.Equal(after, await _wire.AccountOfAsync(_bob, before));
        await _alice.SeesAsync(_bob);
        await _bob.SeesAsync(_alice);
        await SeesNoMoreAsync(_carol, _alice);
        await SeesNoMoreAsync(_carol, _bob);
        Assert.Equal(before, await _wire.AccountOfAsync(_carol));

        // What its home holds knows the others by nothing that they announce.
        await _carol.Agent.TerminateAsync();
        using var home = DeviceDatabase.Open(Path.Combine(_carol.Home, "device.db"));
        var stolen = home.Registration.Load()!.DiscoveryKeys;
        Assert.Equal((before, null), (stolen.Hash.ToString(), stolen.PreviousHash));
    }

    [Fact]
    [Trait("Length", "Long")]
    public async Task A_device_that_was_off_and_cannot_reach_the_service_gets_the_new_key_from_another()
    {
        using var server = await Server.StartAsync();
        await BeginAsync(server);
        var before = await _wire.AccountOfAsync(_alice);
        await _bob.Agent.TerminateAsync();
        await server.RevokeAsync(_carol.Id);
        var after = await _wire.AccountOfAsync(_alice, before);
        await server.StopAsync();

        await _bob.StartAgentAsync();

        Assert.Equal(after, await _wire.AccountOfAsync(_bob, before));
        await _alice.SeesAsync(_bob);
        await _bob.SeesAsync(_alice);
        await _bob.CallsAsync(_carol, "revoked");
        // Kept, and in force from the first announcement after the next start.
        await _bob.Agent.TerminateAsync();
        using var home = DeviceDatabase.Open(Path.Combine(_bob.Home, "device.db"));
        Assert.Equal(after, home.Registration.Load()!.DiscoveryKeys.Hash.ToString());
    }

    private async Task BeginAsync(Server server)
    {
        var token = await server.TokenAsync("rekeyed", "--uses", "3");
        TestDevice[] all = [_alice, _bob, _carol];
        foreach (var device in all)
            await device.BeginAsync(server.Url, token);
        await Task.WhenAll(all.SelectMany(d => all.Where(o => o != d).Select(d.SeesAsync)));
        await Task.WhenAll(_alice.CallsAsync(_carol, "certified"), _bob.CallsAsync(_carol, "certified"), _carol.CallsAsync(_alice, "certified"), _carol.CallsAsync(_bob, "certified"));
    }

    private static Task SeesNoMoreAsync(TestDevice device, TestDevice other) => Eventually.TrueAsync(
        $"{device.Name} sees {other.Name} no more: {device.Agent}", Patience.Long, async () => await device.PeerAsync(other) is not { } peer || peer.IsNull("address"));

    private TestDevice Device(string name) => new(_folder.Path, name);
}
