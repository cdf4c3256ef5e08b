using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>A receiving disk that does not play along.</summary>
[Collection(Processes.Name)]
public sealed class DestinationTests(SharedServer shared)
{
    [SkippableFact]
    public async Task What_a_disk_has_no_room_for_is_not_begun_and_a_disk_that_fills_up_is_said()
    {
        using var disk = await SmallDisk.MountAsync("16m");
        using var pair = await Pair.OpenAsync(shared.Server, bobSavesTo: disk.Path);

        var refused = (await pair.Alice.SendAsync(pair.Bob, pair.File("too large", 24 * Samples.MiB))).EndedWith(1).Said("not enough room");
        Assert.Equal(("failed", 0L), (refused.Json.Text("state"), refused.Json.Number("bytes_sent")));
        await AssertEmptyAsync(pair, disk);

        var tree = pair.Outgoing("many");
        for (var i = 0; i < 24; i++)
            Samples.MakeFile(Path.Combine(tree, $"{i}"), Samples.MiB / 2);
        pair.Relay.Tell($"stall-at {await pair.Relay.PassedAsync() + (4 * Samples.MiB)}");
        using var send = pair.Alice.StartSend(pair.Bob, tree);
        await pair.Relay.NextAsync("stalled");
        await Transfers.AssertIncompleteAsync(pair.Bob, "many", 12 * Samples.MiB);
        var others = Path.Combine(disk.Path, "somebody else's");
        Assert.Throws<IOException>(() => Samples.MakeFile(others, 17 * Samples.MiB));
        pair.Relay.Tell("go");
        // Whichever comes first: a chunk that cannot be written, or a page of the file list that there is no room for.
        var failed = (await send.EndAsync()).EndedWith(1).SaidOneOf("no space left", "not enough room");
        Assert.Equal("failed", failed.Json.Text("state"));
        File.Delete(others);
        await AssertEmptyAsync(pair, disk);

        // And its room is there for the next.
        (await pair.Alice.SendAsync(pair.Bob, tree)).EndedWith(0);
        Samples.AssertSame(tree, pair.Bob.Received("many"));
    }

    [Fact]
    public async Task A_directory_swapped_for_a_link_meanwhile_is_not_followed()
    {
        using var pair = await Pair.OpenAsync(shared.Server);
        using var outside = new TemporaryFolder();
        await File.WriteAllTextAsync(outside["z last"], "somebody else's");
        var tree = pair.Outgoing("tree");
        Samples.MakeFile(Path.Combine(tree, "sub", "a first"), 24 * Samples.MiB);
        Samples.MakeFile(Path.Combine(tree, "sub", "z last"), 2 * Samples.MiB);
        pair.Relay.Tell($"stall-at {await pair.Relay.PassedAsync() + (8 * Samples.MiB)}");
        using var send = pair.Alice.StartSend(pair.Bob, tree);
        await pair.Relay.NextAsync("stalled");

        await Transfers.AssertIncompleteAsync(pair.Bob, "tree", 26 * Samples.MiB);
        var sub = Assert.Single(Directory.GetDirectories(pair.Bob.Received(".openshare-partial"), "sub", SearchOption.AllDirectories));
        Directory.Move(sub, sub + "-aside");
        Directory.CreateSymbolicLink(sub, outside.Path);
        pair.Relay.Tell("go");

        var sent = await send.EndAsync();
        Assert.Equal("somebody else's", await File.ReadAllTextAsync(outside["z last"]));
        Assert.Equal(outside["z last"], Assert.Single(Directory.GetFileSystemEntries(outside.Path)));
        Assert.False(Path.Exists(pair.Bob.Received("tree/sub/z last")));
        sent.EndedWith(1).Said("link");
    }

    private static async Task AssertEmptyAsync(Pair pair, SmallDisk disk)
    {
        await Transfers.AssertNothingStagedAsync(pair.Bob);
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Path));
    }
}
