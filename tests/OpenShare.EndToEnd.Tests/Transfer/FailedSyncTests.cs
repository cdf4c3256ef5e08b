using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>A disk that took what was written and cannot keep it says so once, when it is synced.</summary>
[Collection(Processes.Name)]
public sealed class FailedSyncTests(SharedServer shared)
{
    [SkippableFact]
    public async Task What_could_not_be_made_durable_is_not_delivered_and_no_second_sync_says_that_it_was()
    {
        using var pair = await Pair.OpenAsync(shared.Server);
        var tree = pair.Outgoing("many");
        // So many that one sync is for all of them.
        for (var i = 0; i < 100; i++)
            Samples.MakeFile(Path.Combine(tree, $"{i}"), 1000);
        using var syncs = await FailingSyncs.OfAsync(pair.Bob.Agent.Id);

        var failed = (await pair.Alice.SendAsync(pair.Bob, tree)).EndedWith(1).Said("does not outlive a loss of power: no space left");

        Assert.Equal("failed", failed.Json.Text("state"));
        await Eventually.TrueAsync("one sync was asked for", Patience.Short, () => syncs.Failed == 1);
        Assert.False(Directory.Exists(pair.Bob.Received("many")));
        await Transfers.AssertNothingStagedAsync(pair.Bob);
    }
}
