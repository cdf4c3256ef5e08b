using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>A receiving disk that does not play along.</summary>
[Collection(Processes.Name)]
public sealed class DestinationTests(SharedServer shared)
{
    [SkippableFact]
    public async Task What_a_disk_has_no_room_for_is_not_begun_and_leaves_its_room_for_others()
    {
        using var disk = await SmallDisk.MountAsync("16m");
        using var pair = await Pair.OpenAsync(shared.Server, bobSavesTo: disk.Path);

        var refused = (await pair.Alice.SendAsync(pair.Bob, pair.File("too large", 24 * Samples.MiB))).EndedWith(1).Said("not enough room");
        Assert.Equal(("failed", 0L), (refused.Json.Text("state"), refused.Json.Number("bytes_sent")));
        await Transfers.AssertNothingStagedAsync(pair.Bob);
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Path));

        (await pair.Alice.SendAsync(pair.Bob, pair.File("fits", 12 * Samples.MiB))).EndedWith(0);
    }

    [SkippableFact]
    public async Task A_disk_that_fills_up_under_way_is_said_on_both_sides_and_the_transfer_goes_on_once_there_is_room()
    {
        // Bob's own database is on it too: as on most people's disks.
        using var disk = await SmallDisk.MountAsync("48m");
        using var pair = await Pair.OpenAsync(shared.Server, bobSavesTo: Path.Combine(disk.Path, "received"), bobLivesIn: disk.Path);
        var tree = pair.Outgoing("many");
        for (var i = 0; i < 48; i++)
            Samples.MakeFile(Path.Combine(tree, $"{i}"), Samples.MiB / 2);
        pair.Relay.Tell($"stall-at {await pair.Relay.PassedAsync() + (4 * Samples.MiB)}");
        using var send = pair.Alice.StartSend(pair.Bob, tree);
        await pair.Relay.NextAsync("stalled");
        await Transfers.AssertIncompleteAsync(pair.Bob, "many", 24 * Samples.MiB);
        var before = await Metrics.OfAsync(pair.Alice, Metrics.Sealed);
        var others = Path.Combine(disk.Path, "somebody else's");
        Assert.Throws<IOException>(() => Samples.MakeFile(others, 49 * Samples.MiB));

        pair.Relay.Tell("go");
        foreach (var device in (TestDevice[])[pair.Alice, pair.Bob])
        {
            var waiting = await device.EndOfNewestAsync("waiting");
            // Whichever comes first: bytes that cannot be written, a page of the file list that there is no room for, or a note in the database.
            Assert.Matches("no space left|not enough room", waiting.Text("detail"));
        }
        Assert.True(send.IsRunning);
        File.Delete(others);

        var sent = (await send.EndAsync()).EndedWith(0).Json;
        Samples.AssertSame(tree, pair.Bob.Received("many"));
        await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, sent.Text("transfer_id")!);
        Assert.InRange(await Metrics.OfAsync(pair.Alice, Metrics.Sealed), before, 24 * Samples.MiB);
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
}
