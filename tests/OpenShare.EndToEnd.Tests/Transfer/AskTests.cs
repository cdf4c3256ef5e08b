using System.Text.Json;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>A receiver who is asked: what waits for his answer, through the commands that he types.</summary>
[Collection(Processes.Name)]
public sealed class AskTests(SharedPair shared) : IClassFixture<SharedPair>
{
    [Fact]
    public async Task What_is_offered_waits_and_is_taken_when_it_is_accepted()
    {
        var pair = await ReadyAsync();
        var file = pair.File("asked", 20 * Samples.MiB);
        var before = await pair.Relay.PassedAsync();
        using var send = pair.Alice.StartSend(pair.Bob, file);
        var asked = await AskedAsync(pair.Bob, "asked");

        Assert.Equal(("receiving", "alice", 20 * Samples.MiB), (asked.Text("direction"), asked.Text("peer_name"), asked.Number("bytes_total")));
        var shown = (await pair.Bob.RunAsync("transfers")).EndedWith(0).Output;
        Assert.Contains("waiting for your answer", shown, StringComparison.Ordinal);
        var id = asked.Text("transfer_id")!;
        await Eventually.TrueAsync("the sender knows", Patience.Short, async () => (await pair.Alice.NewestTransferAsync())?.Text("state") == "awaiting_answer");
        Assert.Contains("waiting for the other side to accept", (await pair.Alice.RunAsync("transfer", "show", id)).EndedWith(0).Output, StringComparison.Ordinal);
        // What is under way when the question is told, and no more: 4 streams with 4 chunks each at most.
        Assert.InRange(await pair.Relay.PassedAsync() - before, 0, Transfers.MostSentAgain);
        Assert.True(send.IsRunning);
        Assert.False(Directory.Exists(pair.Bob.SaveTo) && Directory.EnumerateFiles(pair.Bob.SaveTo, "*", SearchOption.AllDirectories).Any(f => f.EndsWith("asked", StringComparison.Ordinal)));

        var elsewhere = Path.Combine(pair.Bob.SaveTo, "else", "where");
        (await pair.Bob.RunAsync("transfer", "accept", id, "--save-to", Path.Combine(file, "below"))).EndedWith(2).Said("Nothing can be saved to");
        (await pair.Bob.RunAsync("transfer", "accept", id, "--save-to", elsewhere)).EndedWith(0);

        (await send.EndAsync()).EndedWith(0);
        Samples.AssertSame(file, Path.Combine(elsewhere, "asked"));
        Assert.False(Path.Exists(pair.Bob.Received("asked")));
        (await pair.Bob.RunAsync("transfer", "accept", id)).EndedWith(1).Said("does not wait for your answer");
    }

    [Fact]
    public async Task What_is_declined_ends_the_send_with_3_and_leaves_nothing()
    {
        var pair = await ReadyAsync();
        using var send = pair.Alice.Start(["send", pair.File("unwanted", 3 * Samples.MiB), "--to", pair.Bob.Id]);
        var asked = await AskedAsync(pair.Bob, "unwanted");

        (await pair.Bob.RunAsync("transfer", "decline", asked.Text("transfer_id")!)).EndedWith(0);

        (await send.EndAsync()).EndedWith(3).Said("bob declined unwanted.");
        Assert.False(Path.Exists(pair.Bob.Received("unwanted")));
        await Transfers.AssertNothingStagedAsync(pair.Bob);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task The_question_stands_when_either_is_killed_and_is_answered_while_one_is_away(bool killsReceiver, bool isAccepted)
    {
        var pair = await ReadyAsync();
        var name = $"over-{killsReceiver}-{isAccepted}";
        var file = pair.File(name, 3 * Samples.MiB);
        (await pair.Alice.RunAsync("send", file, "--to", pair.Bob.Id, "--detach")).EndedWith(0);
        var id = (await AskedAsync(pair.Bob, name)).Text("transfer_id")!;
        var killed = killsReceiver ? pair.Bob : pair.Alice;

        await killed.Agent.KillAsync();

        // Of a killed receiver the command answers from the home alone.
        Assert.Equal(name, (await AskedAsync(pair.Bob, name)).Text("summary"));
        (await pair.Bob.RunAsync("transfer", isAccepted ? "accept" : "decline", id)).EndedWith(0);
        await killed.StartAgentAsync();
        await pair.Alice.EndOfNewestAsync(isAccepted ? "completed" : "declined");
        Assert.Equal(isAccepted, Path.Exists(pair.Bob.Received(name)));
        if (isAccepted)
            Samples.AssertSame(file, pair.Bob.Received(name));
    }

    [Fact]
    public async Task A_killed_receiver_asks_again_and_the_transfer_goes_on()
    {
        var pair = await ReadyAsync();
        var file = pair.File("asked twice", 3 * Samples.MiB);
        using var send = pair.Alice.StartSend(pair.Bob, file);
        var id = (await AskedAsync(pair.Bob, "asked twice")).Text("transfer_id")!;

        await pair.Bob.Agent.KillAsync();
        await pair.Bob.StartAgentAsync();
        await Eventually.TrueAsync("the sender hears that he is asked", Patience.Long, async () => (await pair.Alice.NewestTransferAsync())?.Text("state") == "awaiting_answer");
        (await pair.Bob.RunAsync("transfer", "accept", id)).EndedWith(0);

        (await send.EndAsync()).EndedWith(0);
        Samples.AssertSame(file, pair.Bob.Received("asked twice"));
    }

    [Fact]
    public async Task A_sender_who_cancels_takes_the_question_back()
    {
        var pair = await ReadyAsync();
        using var send = pair.Alice.StartSend(pair.Bob, pair.File("taken back", 1000));
        var id = (await AskedAsync(pair.Bob, "taken back")).Text("transfer_id")!;

        (await pair.Alice.RunAsync("transfer", "cancel", id)).EndedWith(0);

        (await send.EndAsync()).EndedWith(3);
        await pair.Bob.EndOfNewestAsync("cancelled");
        (await pair.Bob.RunAsync("transfer", "accept", id)).EndedWith(1).Said("it is cancelled");
    }

    [Fact]
    public async Task A_device_that_is_always_accepted_is_asked_about_no_more_until_that_is_undone()
    {
        var pair = await ReadyAsync();
        using var first = pair.Alice.StartSend(pair.Bob, pair.File("first", 1000));
        (await pair.Bob.RunAsync("transfer", "accept", (await AskedAsync(pair.Bob, "first")).Text("transfer_id")!, "--always")).EndedWith(0);
        (await first.EndAsync()).EndedWith(0);

        (await pair.Alice.SendAsync(pair.Bob, pair.File("second", 1000))).EndedWith(0);
        var rule = (await pair.Bob.StatusAsync()).GetProperty("rules").EnumerateArray().Single();
        Assert.Equal((pair.Alice.Id, "alice", "always"), (rule.Text("device_id"), rule.Text("name"), rule.Text("answer")));

        (await pair.Bob.RunAsync("peers", "accept", "alice", "never")).EndedWith(0);
        (await pair.Alice.SendAsync(pair.Bob, pair.File("third", 1000))).EndedWith(3).Said("declined");
        (await pair.Bob.RunAsync("peers", "accept", "alice", "ask")).EndedWith(0);
        using var fourth = pair.Alice.StartSend(pair.Bob, pair.File("fourth", 1000));
        (await pair.Bob.RunAsync("transfer", "decline", (await AskedAsync(pair.Bob, "fourth")).Text("transfer_id")!)).EndedWith(0);
        (await fourth.EndAsync()).EndedWith(3);
        Assert.Empty((await pair.Bob.StatusAsync()).GetProperty("rules").EnumerateArray());
    }

    private async Task<Pair> ReadyAsync()
    {
        var pair = await shared.ReadyAsync();
        if (pair.Bob.Accept == "ask")
            return pair;
        pair.Bob.Accept = "ask";
        await pair.Bob.StartAgentAsync();
        await pair.SeeEachOtherAsync();
        return pair;
    }

    private static async Task<JsonElement> AskedAsync(TestDevice receiver, string name)
    {
        JsonElement? asked = null;
        await Eventually.TrueAsync($"{receiver.Name} is asked about {name}", Patience.Long, async () =>
            (asked = await receiver.NewestTransferAsync()) is { } newest && newest.Text("state") == "awaiting_answer" && newest.Text("summary") == name);
        return asked!.Value;
    }
}
