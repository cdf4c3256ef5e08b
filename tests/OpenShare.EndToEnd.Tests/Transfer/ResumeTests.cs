using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>What happens to a link and to the processes at its ends while files travel, and what it costs.</summary>
[Collection(Processes.Name)]
public sealed class ResumeTests(SharedPair shared) : IClassFixture<SharedPair>
{
    // Past the middle, so that starting over would be seen in the count.
    private const long Size = 48 * Samples.MiB;
    private const long Moment = 30 * Samples.MiB;

    [Theory]
    [InlineData("its file list", 1024, 1)]
    [InlineData("its first chunk", 64 * 1024, 1)]
    [InlineData("its middle", Moment, 2)]
    [InlineData("its last chunk", Size - (64 * 1024), 2)]
    public async Task A_transfer_whose_link_is_cut_goes_on_by_itself_and_sends_little_again(string within, long moment, int leastConnections)
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File($"cut in {within}", Size);
        var before = await pair.Relay.PassedAsync();
        pair.Relay.Tell("down 600");
        pair.Relay.Tell($"cut-at {before + moment}");
        using var send = pair.Alice.StartSend(pair.Bob, file);

        Assert.True((await pair.Relay.NextAsync("cut")).Number("connections") >= leastConnections, "nothing was cut");
        await WaitsForLinkAsync(pair);
        Assert.True(send.IsRunning);
        Assert.False(Path.Exists(pair.Bob.Received(Path.GetFileName(file))));
        pair.Relay.Tell("up");

        var sent = (await send.EndAsync()).EndedWith(0).Json;
        await AssertWholeAsync(pair, file, sent.Text("transfer_id")!, before);
    }

    [Fact]
    public async Task A_byte_that_is_altered_on_the_way_is_noticed_and_nothing_of_it_arrives()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("altered", Size);
        var before = await pair.Relay.PassedAsync();
        pair.Relay.Tell($"flip-at {before + Moment}");
        using var send = pair.Alice.StartSend(pair.Bob, file);

        await pair.Relay.NextAsync("flipped");

        var sent = (await send.EndAsync()).EndedWith(0).Json;
        await AssertWholeAsync(pair, file, sent.Text("transfer_id")!, before);
    }

    [Fact]
    public async Task A_sender_killed_under_way_goes_on_after_its_restart_and_sends_little_again()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("sender killed", Size);
        var before = await StallUnderWayAsync(pair);
        var sent = (await pair.Alice.RunAsync("send", file, "--to", pair.Bob.Id, "--detach", "--json")).EndedWith(0).Json;
        await pair.Relay.NextAsync("stalled");
        await Transfers.AssertIncompleteAsync(pair.Bob, "sender killed", Size);

        await pair.Alice.Agent.KillAsync();
        pair.Relay.Tell("go");
        await pair.Alice.StartAgentAsync();

        await pair.Alice.EndOfNewestAsync("completed");
        await AssertWholeAsync(pair, file, sent.Text("transfer_id")!, before);
    }

    [Fact]
    public async Task A_receiver_killed_under_way_goes_on_after_its_restart_and_is_sent_little_again()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("receiver killed", Size);
        var before = await StallUnderWayAsync(pair);
        using var send = pair.Alice.StartSend(pair.Bob, file);
        await pair.Relay.NextAsync("stalled");
        await Transfers.AssertIncompleteAsync(pair.Bob, "receiver killed", Size);

        await pair.Bob.Agent.KillAsync();
        pair.Relay.Tell("go");
        await WaitsForLinkAsync(pair);
        Assert.False(Path.Exists(pair.Bob.Received("receiver killed")));
        await pair.Bob.StartAgentAsync();

        var sent = (await send.EndAsync()).EndedWith(0).Json;
        await AssertWholeAsync(pair, file, sent.Text("transfer_id")!, before);
    }

    [Fact]
    public async Task Both_ends_killed_at_once_find_together_again()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("both killed", Size);
        var before = await StallUnderWayAsync(pair);
        var sent = (await pair.Alice.RunAsync("send", file, "--to", pair.Bob.Id, "--detach", "--json")).EndedWith(0).Json;
        await pair.Relay.NextAsync("stalled");

        await Task.WhenAll(pair.Alice.Agent.KillAsync(), pair.Bob.Agent.KillAsync());
        pair.Relay.Tell("go");
        await Task.WhenAll(pair.Bob.StartAgentAsync(), pair.Alice.StartAgentAsync());

        await pair.Alice.EndOfNewestAsync("completed");
        await AssertWholeAsync(pair, file, sent.Text("transfer_id")!, before);
    }

    [Fact]
    public async Task A_send_whose_agent_is_killed_finishes_without_it()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("agent killed", Size);
        await StallUnderWayAsync(pair);
        using var send = pair.Alice.StartSend(pair.Bob, file);
        await pair.Relay.NextAsync("stalled");

        await pair.Alice.Agent.KillAsync();
        pair.Relay.Tell("go");

        (await send.EndAsync()).EndedWith(0).Said("going on without it");
        Samples.AssertSame(file, pair.Bob.Received("agent killed"));
    }

    /// <summary>Both are ended at once, as at the end of a session: the one that goes on in place of the command knows of it.</summary>
    [Fact]
    public async Task A_send_that_is_interrupted_while_its_agent_ends_cancels_what_it_has_begun()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("interrupted", Size);
        await StallUnderWayAsync(pair);
        using var send = pair.Alice.StartSend(pair.Bob, file);
        await pair.Relay.NextAsync("stalled");
        pair.Alice.Agent.Send(Signal.Stop);
        send.Send(Signal.Interrupt);

        await pair.Alice.Agent.KillAsync();
        pair.Relay.Tell("go");

        (await send.EndAsync()).EndedWith(3).Said("cancelled");
        await pair.Alice.StartAgentAsync();
        await pair.Alice.EndOfNewestAsync("cancelled");
    }

    private static async Task<long> StallUnderWayAsync(Pair pair)
    {
        var before = await pair.Relay.PassedAsync();
        pair.Relay.Tell($"stall-at {before + Moment}");
        return before;
    }

    private static Task WaitsForLinkAsync(Pair pair) => Eventually.TrueAsync(
        $"alice's transfer waits for its link: {pair.Alice.Agent}", Patience.Short,
        async () => (await pair.Alice.NewestTransferAsync())?.Text("state") == "connecting");

    private static async Task AssertWholeAsync(Pair pair, string file, string transfer, long before)
    {
        Samples.AssertSame(file, pair.Bob.Received(Path.GetFileName(file)));
        await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, transfer);
        var again = await pair.Relay.PassedAsync() - before - Size;
        Assert.True(again <= Transfers.MostSentAgain, $"{again / (double)Samples.MiB:0.0} MiB crossed the link beyond the file's own");
    }
}
