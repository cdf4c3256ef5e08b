using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

[Collection(Processes.Name)]
public sealed class SendTests(SharedPair shared) : IClassFixture<SharedPair>
{
    [Fact]
    public async Task A_file_arrives_byte_for_byte_and_its_receipt_verifies()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("holiday.mp4", (20 * Samples.MiB) + 7);

        var sent = (await pair.Alice.SendAsync(pair.Bob, file)).EndedWith(0).Json;

        Samples.AssertSame(file, pair.Bob.Received("holiday.mp4"));
        Assert.Equal("completed", sent.Text("state"));
        Assert.Equal(((20 * Samples.MiB) + 7, 21), (sent.Number("bytes_sent"), sent.Number("chunks_sent")));
        await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, sent.Text("transfer_id")!);
        await Transfers.AssertNothingStagedAsync(pair.Bob);
    }

    [Fact]
    public async Task A_tree_arrives_whole_with_names_modes_times_and_links()
    {
        var pair = await shared.ReadyAsync();
        var tree = Samples.MakeTree(pair.Outgoing("tree"));

        var sent = (await pair.Alice.SendAsync(pair.Bob, tree)).EndedWith(0).Json;

        Samples.AssertSame(tree, pair.Bob.Received("tree"));
        await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, sent.Text("transfer_id")!);
    }

    [Fact]
    public async Task Several_paths_go_as_one_transfer_and_a_name_that_is_taken_gets_another()
    {
        var pair = await shared.ReadyAsync();
        var (empty, folder) = (pair.File("twice", 0), Directory.CreateDirectory(pair.Outgoing("an empty one")).FullName);
        (await pair.Alice.SendAsync(pair.Bob, empty, folder)).EndedWith(0);

        var again = (await pair.Alice.SendAsync(pair.Bob, pair.File("twice", 5))).EndedWith(0).Json;

        Samples.AssertSame(folder, pair.Bob.Received("an empty one"));
        Assert.Equal(0, new FileInfo(pair.Bob.Received("twice")).Length);
        var receipt = (await pair.Alice.RunAsync("receipt", "show", again.Text("transfer_id")!, "--json")).EndedWith(0).Json;
        var name = receipt.GetProperty("entries")[0].Text("stored_as")!;
        Assert.NotEqual("twice", name);
        Assert.Equal(5, new FileInfo(pair.Bob.Received(name)).Length);
    }

    [Fact]
    public async Task A_receipt_in_a_file_is_verified_by_anybody_of_the_account_and_not_when_altered()
    {
        var pair = await shared.ReadyAsync();
        var sent = (await pair.Alice.SendAsync(pair.Bob, pair.File("receipted", 1000))).EndedWith(0).Json;
        var document = (await pair.Alice.RunAsync("receipt", "show", sent.Text("transfer_id")!, "--json")).EndedWith(0);
        var file = pair.Outgoing("receipt.json");
        await File.WriteAllTextAsync(file, document.Output);
        (await pair.Bob.RunAsync("receipt", "verify", file)).EndedWith(0);

        var blob = document.Json.Text("receipt")!;
        var middle = blob.Length / 2;
        var altered = blob[..middle] + (blob[middle] == 'A' ? 'B' : 'A') + blob[(middle + 1)..];
        await File.WriteAllTextAsync(file, document.Output.Replace(blob, altered, StringComparison.Ordinal));

        (await pair.Bob.RunAsync("receipt", "verify", file)).EndedWith(1).Said("Not valid");
    }

    [Fact]
    public async Task An_unreadable_file_is_named_and_the_others_arrive()
    {
        var pair = await shared.ReadyAsync();
        var tree = pair.Outgoing("partly secret");
        Samples.MakeFile(Path.Combine(tree, "open"), 100_000);
        File.SetUnixFileMode(Samples.MakeFile(Path.Combine(tree, "diary"), 10), UnixFileMode.None);

        var sent = (await pair.Alice.SendAsync(pair.Bob, tree)).EndedWith(1).Said("diary");

        Assert.Equal("incomplete", sent.Json.Text("state"));
        Samples.AssertSame(Path.Combine(tree, "open"), pair.Bob.Received("partly secret/open"));
        Assert.False(Path.Exists(pair.Bob.Received("partly secret/diary")));
    }

    [Fact]
    public async Task A_file_that_changes_under_way_is_named_and_left_out_and_the_others_arrive()
    {
        var pair = await shared.ReadyAsync();
        var tree = pair.Outgoing("in work");
        var log = Samples.MakeFile(Path.Combine(tree, "a growing log"), 24 * Samples.MiB);
        var still = Samples.MakeFile(Path.Combine(tree, "b still"), 2 * Samples.MiB);
        pair.Relay.Tell($"stall-at {await pair.Relay.PassedAsync() + (8 * Samples.MiB)}");
        using var send = pair.Alice.StartSend(pair.Bob, tree);
        await pair.Relay.NextAsync("stalled");

        await File.AppendAllTextAsync(log, "one more line\n");
        pair.Relay.Tell("go");

        var sent = (await send.EndAsync()).EndedWith(1).Said("a growing log");
        Assert.Equal("incomplete", sent.Json.Text("state"));
        Samples.AssertSame(still, pair.Bob.Received("in work/b still"));
        Assert.False(Path.Exists(pair.Bob.Received("in work/a growing log")));
    }
}
