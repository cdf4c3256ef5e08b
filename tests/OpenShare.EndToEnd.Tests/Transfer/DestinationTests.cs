using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>A receiving disk that does not play along.</summary>
[Collection(Processes.Name)]
public sealed class DestinationTests(SharedServer shared)
{
    [SkippableFact]
    public async Task A_full_disk_is_said_and_leaves_nothing_behind()
    {
        using var disk = await SmallDisk.MountAsync("16m");
        using var pair = await Pair.OpenAsync(shared.Server, bobSavesTo: disk.Path);

        var sent = (await pair.Alice.SendAsync(pair.Bob, pair.File("too large", 24 * Samples.MiB))).EndedWith(1).Said("no space left");

        Assert.Equal("failed", sent.Json.Text("state"));
        await Transfers.AssertNothingStagedAsync(pair.Bob);
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Path));
        // And its room is there for the next.
        var small = pair.File("small enough", 8 * Samples.MiB);
        (await pair.Alice.SendAsync(pair.Bob, small)).EndedWith(0);
        Samples.AssertSame(small, pair.Bob.Received("small enough"));
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

        var sub = Assert.Single(Directory.GetDirectories(pair.Bob.Received(".openshare-partial"), "sub", SearchOption.AllDirectories));
        Directory.Move(sub, sub + "-aside");
        Directory.CreateSymbolicLink(sub, outside.Path);
        pair.Relay.Tell("go");

        (await send.EndAsync()).EndedWith(1).Said("link");
        Assert.Equal("somebody else's", await File.ReadAllTextAsync(outside["z last"]));
        Assert.Equal(outside["z last"], Assert.Single(Directory.GetFileSystemEntries(outside.Path)));
        Assert.False(Path.Exists(pair.Bob.Received("tree/sub/z last")));
    }
}
