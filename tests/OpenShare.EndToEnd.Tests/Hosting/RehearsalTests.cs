using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Hosting;

/// <summary>An agent that stays rehearses a transfer, of which a person sees nothing.</summary>
[Collection(Processes.Name)]
public sealed class RehearsalTests(SharedPair shared) : IClassFixture<SharedPair>
{
    [Fact]
    public async Task It_leaves_neither_a_transfer_nor_a_peer_nor_a_figure_nor_a_file()
    {
        var alice = Rehearsing(await shared.ReadyAsync());
        var peers = (await alice.RunAsync("peers", "--json")).EndedWith(0).Json.GetArrayLength();
        var transfers = (await alice.RunAsync("transfers", "--json")).EndedWith(0).Json.GetArrayLength();

        await alice.StartAgentAsync();
        await SaysAsync(alice, "A transfer was rehearsed");

        Assert.Equal(peers, (await alice.RunAsync("peers", "--json")).EndedWith(0).Json.GetArrayLength());
        Assert.Equal(transfers, (await alice.RunAsync("transfers", "--json")).EndedWith(0).Json.GetArrayLength());
        var counted = await Metrics.OfAsync(alice);
        Assert.DoesNotContain(counted, c => c.Key.StartsWith("openshare_transfer", StringComparison.Ordinal) && c.Value != 0);
        Assert.False(Directory.Exists(Path.Combine(alice.Home, "rehearsal")));
        Assert.Empty(Directory.Exists(alice.SaveTo) ? Directory.GetFileSystemEntries(alice.SaveTo) : []);
        Assert.DoesNotContain("rehearsed 1", alice.Agent.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_makes_way_for_a_transfer_that_goes_on_from_before()
    {
        var pair = await shared.ReadyAsync();
        var alice = Rehearsing(pair);
        (await pair.Bob.Agent.TerminateAsync(Patience.Short)).EndedWith(0);
        var id = (await alice.RunAsync("send", pair.File("waits", 1), "--to", pair.Bob.Id, "--detach", "--json")).EndedWith(0).Json.Text("transfer_id")!;

        await alice.StartAgentAsync();
        await SaysAsync(alice, "No transfer is rehearsed: one goes on from before");

        (await alice.RunAsync("transfer", "cancel", id)).EndedWith(0);
        // One that had begun all the same would be said to have come to nothing.
        (await alice.Agent.TerminateAsync(Patience.Short)).EndedWith(0);
        Assert.DoesNotContain("was rehearsed", alice.Agent.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_makes_way_for_a_transfer_that_begins()
    {
        var pair = await shared.ReadyAsync();
        var alice = Rehearsing(pair);
        await alice.StartAgentAsync();
        await Eventually.TrueAsync("it rehearses", Patience.Long, () => Directory.Exists(Path.Combine(alice.Home, "rehearsal")));

        // By a command it might be over before.
        var begun = await LocalApi.PostAsync(alice, "/v1/sends", new { paths = new[] { pair.File("begins", 1) }, to = pair.Bob.Id });

        await SaysAsync(alice, "A rehearsal made way for a transfer that began");
        var id = begun.Text("transfer_id");
        await Eventually.TrueAsync(
            "the transfer completes", Patience.Long, async () => (await LocalApi.GetAsync(alice, $"/v1/transfers/{id}")).Contains("\"state\":\"completed\"", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(alice.Home, "rehearsal")));
    }

    private static TestDevice Rehearsing(Pair pair)
    {
        (pair.Alice.Environment["OPENSHARE__REHEARSAL"], pair.Alice.Environment["OPENSHARE__LOGLEVEL"]) = ("yes", "information");
        // Compiled as people's agents are.
        (pair.Alice.Environment["DOTNET_TC_QuickJit"], pair.Alice.Environment["DOTNET_TC_CallCounting"], pair.Alice.Environment["DOTNET_TieredPGO"]) = ("0", "1", "1");
        return pair.Alice;
    }

    private static Task SaysAsync(TestDevice device, string words) =>
        Eventually.TrueAsync($"it says “{words}”: {device.Agent}", Patience.Long, () => device.Agent.Errors.Contains(words, StringComparison.Ordinal));
}
