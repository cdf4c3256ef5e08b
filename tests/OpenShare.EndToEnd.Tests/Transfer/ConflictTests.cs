using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>What is sent again, and what is sent to where something else stands.</summary>
[Collection(Processes.Name)]
public sealed class ConflictTests(SharedPair shared) : IClassFixture<SharedPair>
{
    [Fact]
    public async Task A_tree_that_is_sent_again_is_recognised_and_no_byte_of_it_travels()
    {
        var pair = await shared.ReadyAsync();
        var tree = Samples.MakeTree(pair.Outgoing("again"));
        Samples.MakeFile(Path.Combine(tree, "large"), 9 * Samples.MiB);
        var first = (await pair.Alice.SendAsync(pair.Bob, tree)).EndedWith(0).Json;

        var again = (await pair.Alice.SendAsync(pair.Bob, tree)).EndedWith(0).Json;

        Assert.Equal((0L, first.Number("bytes_total")), (again.Number("bytes_sent"), again.Number("bytes_reused")));
        Assert.False(Path.Exists(pair.Bob.Received("again (2)")));
        Samples.AssertSame(tree, pair.Bob.Received("again"));
        await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, again.Text("transfer_id")!);
        await Transfers.AssertNothingStagedAsync(pair.Bob);
    }

    [Fact]
    public async Task Skip_adds_what_is_new_and_names_what_it_left()
    {
        var pair = await shared.ReadyAsync();
        var tree = pair.Outgoing("holidays");
        Samples.MakeFile(Path.Combine(tree, "old"), 1000);
        (await pair.Alice.SendAsync(pair.Bob, tree)).EndedWith(0);
        var before = await File.ReadAllBytesAsync(pair.Bob.Received("holidays/old"));
        Samples.MakeFile(Path.Combine(tree, "old"), 2000);
        var added = Samples.MakeFile(Path.Combine(tree, "new"), 3000);

        var sent = (await pair.Alice.RunAsync("send", tree, "--to", pair.Bob.Id, "--conflict", "skip")).EndedWith(0);

        Assert.Contains("1 skipped", sent.Output, StringComparison.Ordinal);
        Assert.Contains("holidays/old: the name is taken", sent.Output, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(pair.Bob.Received("holidays/old")));
        Samples.AssertSame(added, pair.Bob.Received("holidays/new"));
        Assert.False(Path.Exists(pair.Bob.Received("holidays (2)")));
    }

    [Fact]
    public async Task Overwrite_leaves_the_old_file_whole_until_the_new_one_is_there_also_through_a_kill()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("report", 5 * Samples.MiB);
        (await pair.Alice.SendAsync(pair.Bob, file)).EndedWith(0);
        var before = await File.ReadAllBytesAsync(pair.Bob.Received("report"));
        File.Delete(file);
        Samples.MakeFile(file, 48 * Samples.MiB);
        pair.Relay.Tell($"stall-at {await pair.Relay.PassedAsync() + (30 * Samples.MiB)}");
        using var send = pair.Alice.Start(["send", file, "--to", pair.Bob.Id, "--conflict", "overwrite", "--json"]);
        await pair.Relay.NextAsync("stalled");

        await pair.Bob.Agent.KillAsync();
        Assert.Equal(before, await File.ReadAllBytesAsync(pair.Bob.Received("report")));
        pair.Relay.Tell("go");
        await pair.Bob.StartAgentAsync();

        var sent = (await send.EndAsync(TimeSpan.FromMinutes(2))).EndedWith(0).Json;
        Samples.AssertSame(file, pair.Bob.Received("report"));
        Assert.False(Path.Exists(pair.Bob.Received("report (2)")));
        await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, sent.Text("transfer_id")!);
    }
}
