using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>Ending a transfer in its middle, as people do.</summary>
[Collection(Processes.Name)]
public sealed class CancelTests(SharedPair shared) : IClassFixture<SharedPair>
{
    private const long Size = 48 * Samples.MiB;

    [Theory]
    [InlineData("the receiver's command", "cancelled on the receiving device")]
    [InlineData("the sender's command", "cancelled on the sending device")]
    [InlineData("Ctrl-C", "cancelled on the sending device")]
    public async Task What_is_cancelled_in_its_middle_ends_the_send_with_3_and_leaves_nothing(string by, string said)
    {
        var pair = await shared.ReadyAsync();
        var name = $"cancelled by {by}";
        var before = await pair.Relay.PassedAsync();
        pair.Relay.Tell($"stall-at {before + (Size / 2)}");
        using var send = pair.Alice.Start(["send", pair.File(name, Size), "--to", pair.Bob.Id]);
        await pair.Relay.NextAsync("stalled");
        await Transfers.AssertIncompleteAsync(pair.Bob, name, Size);
        Assert.True(Path.Exists(pair.Bob.Received(".openshare-partial")));
        var id = (await pair.Bob.NewestTransferAsync())!.Value.Text("transfer_id")!;

        if (by == "Ctrl-C")
        {
            send.Send(Signal.Interrupt);
            // Whoever lets the link go before it is heard has the whole file sent first.
            await pair.Alice.EndOfNewestAsync("cancelled");
        }
        else
            Assert.Equal("cancelled", (await (by == "the sender's command" ? pair.Alice : pair.Bob).RunAsync("transfer", "cancel", id, "--json")).EndedWith(0).Json.Text("state"));
        pair.Relay.Tell("go");

        (await send.EndAsync()).EndedWith(3).Said($"The transfer of {name} to bob was {said}.");
        foreach (var device in (TestDevice[])[pair.Alice, pair.Bob])
            Assert.Equal((id, said), ((await device.EndOfNewestAsync("cancelled")).Text("transfer_id"), (await device.NewestTransferAsync())!.Value.Text("detail")));
        await Transfers.AssertNothingStagedAsync(pair.Bob);
        Assert.Empty(Directory.EnumerateFileSystemEntries(pair.Bob.SaveTo));
    }
}
