using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>Commands on a machine where no agent runs: each is a device for as long as it lasts, and takes nothing.</summary>
[Collection(Processes.Name)]
public sealed class CommandTests(SharedPair shared) : IClassFixture<SharedPair>
{
    [Fact]
    public async Task Who_only_looks_who_is_there_takes_no_files_and_the_sender_is_told_and_waits()
    {
        var pair = await shared.ReadyAsync();
        (await pair.Bob.Agent.TerminateAsync()).EndedWith(0);
        using var looks = pair.Bob.Start(["peers", "--watch"]);
        await looks.LineAsync("bob sees alice", line => line.Contains("alice", StringComparison.Ordinal), Patience.Long);

        var file = pair.File("unasked", 1000);
        using var send = pair.Alice.Start(["send", file, "--to", pair.Bob.Id]);

        await Eventually.TrueAsync("alice is told", Patience.Long, async () =>
            await pair.Alice.NewestTransferAsync() is { } newest && newest.Text("state") == "waiting" && newest.Text("detail") == "No agent runs there: it goes on once one does.");
        Assert.Equal("none", (await pair.Bob.StatusAsync()).Text("accept"));
        Assert.False(Path.Exists(pair.Bob.Received("unasked")));
        looks.Send(Signal.Interrupt);
        await looks.EndAsync();
        await pair.Bob.StartAgentAsync();
        (await send.EndAsync()).EndedWith(0);
        Samples.AssertSame(file, pair.Bob.Received("unasked"));
    }

    [Fact]
    public async Task What_is_half_received_is_left_to_the_agent_by_one_that_sends()
    {
        var pair = await shared.ReadyAsync();
        var (file, other) = (pair.File("half", 40 * Samples.MiB), pair.File("other", 1000));
        pair.Relay.Tell($"stall-at {await pair.Relay.PassedAsync() + (20 * Samples.MiB)}");
        using var send = pair.Alice.StartSend(pair.Bob, file);
        await pair.Relay.NextAsync("stalled");
        await Transfers.AssertIncompleteAsync(pair.Bob, "half", 40 * Samples.MiB);
        await pair.Bob.Agent.KillAsync();
        pair.Relay.Tell("go");

        (await pair.Bob.SendAsync(pair.Alice, other)).EndedWith(0);

        Assert.False(Path.Exists(pair.Bob.Received("half")));
        Assert.True(send.IsRunning);
        await pair.Bob.StartAgentAsync();
        (await send.EndAsync()).EndedWith(0);
        Samples.AssertSame(file, pair.Bob.Received("half"));
    }
}
