using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>What makes a tree durable: a few syncs, and each that fails is told of.</summary>
[Collection(Processes.Name)]
public sealed class SyncTests(SharedServer shared)
{
    // So many that one sync is for all of them.
    private const int Files = 400;

    [SkippableFact]
    public async Task A_tree_becomes_durable_by_one_sync_of_all_and_not_by_one_for_each_file()
    {
        using var pair = await Pair.OpenAsync(shared.Server);
        var tree = MakeTree(pair);
        using var syncs = await TracedSyncs.OfAsync(pair.Bob.Agent.Id);

        (await pair.Alice.SendAsync(pair.Bob, tree)).EndedWith(0);

        Samples.AssertSame(tree, pair.Bob.Received("many"));
        await Eventually.TrueAsync("all were synced", Patience.Short, () => syncs.OfAll > 0);
        // Those of the first 64 files, of directories and of the database.
        Assert.InRange(syncs.Single, 1, Files / 2);
    }

    /// <summary>A disk that took what was written and cannot keep it says so once, when it is synced.</summary>
    [SkippableFact]
    public async Task What_could_not_be_made_durable_is_not_delivered_and_no_second_sync_says_that_it_was()
    {
        using var pair = await Pair.OpenAsync(shared.Server);
        var tree = MakeTree(pair);
        using var syncs = await TracedSyncs.FailingOfAsync(pair.Bob.Agent.Id);

        var failed = (await pair.Alice.SendAsync(pair.Bob, tree)).EndedWith(1).Said("does not outlive a loss of power: no space left");

        Assert.Equal("failed", failed.Json.Text("state"));
        await Eventually.TrueAsync("one sync was asked for", Patience.Short, () => syncs.Failed == 1);
        Assert.False(Directory.Exists(pair.Bob.Received("many")));
        await Transfers.AssertNothingStagedAsync(pair.Bob);
    }

    private static string MakeTree(Pair pair)
    {
        var tree = pair.Outgoing("many");
        for (var i = 0; i < Files; i++)
            Samples.MakeFile(Path.Combine(tree, $"{i}"), 1000);
        return tree;
    }
}
