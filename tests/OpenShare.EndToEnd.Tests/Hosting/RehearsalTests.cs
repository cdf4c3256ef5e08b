using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Hosting;

/// <summary>An agent that stays rehearses a transfer, of which a person sees nothing.</summary>
[Collection(Processes.Name)]
public sealed class RehearsalTests(SharedPair shared) : IClassFixture<SharedPair>
{
    [Fact]
    public async Task It_leaves_neither_a_transfer_nor_a_peer_nor_a_figure_nor_a_file()
    {
        var alice = (await shared.ReadyAsync()).Alice;
        (alice.Environment["OPENSHARE__REHEARSAL"], alice.Environment["OPENSHARE__LOGLEVEL"]) = ("yes", "information");
        var peers = (await alice.RunAsync("peers", "--json")).EndedWith(0).Json.GetArrayLength();
        var transfers = (await alice.RunAsync("transfers", "--json")).EndedWith(0).Json.GetArrayLength();

        await alice.StartAgentAsync();
        await Eventually.TrueAsync($"it rehearses: {alice.Agent}", Patience.Long, () => Task.FromResult(alice.Agent.Errors.Contains("A transfer was rehearsed", StringComparison.Ordinal)));

        Assert.Equal(peers, (await alice.RunAsync("peers", "--json")).EndedWith(0).Json.GetArrayLength());
        Assert.Equal(transfers, (await alice.RunAsync("transfers", "--json")).EndedWith(0).Json.GetArrayLength());
        var counted = await Metrics.OfAsync(alice);
        Assert.DoesNotContain(counted, c => c.Key.StartsWith("openshare_transfer", StringComparison.Ordinal) && c.Value != 0);
        Assert.False(Directory.Exists(Path.Combine(alice.Home, "rehearsal")));
        Assert.Empty(Directory.Exists(alice.SaveTo) ? Directory.GetFileSystemEntries(alice.SaveTo) : []);
        Assert.DoesNotContain("rehearsed 1", alice.Agent.Errors, StringComparison.Ordinal);
    }
}
