using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>Waiting and going on at a person's word, through the commands that he types.</summary>
[Collection(Processes.Name)]
public sealed class PauseTests(SharedPair shared) : IClassFixture<SharedPair>
{
    private const long Size = 48 * Samples.MiB;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transfer_that_is_paused_on_either_side_waits_and_goes_on(bool bySender)
    {
        var pair = await shared.ReadyAsync();
        var (name, who, other) = bySender ? ("paused by its sender", pair.Alice, pair.Bob) : ("paused by its receiver", pair.Bob, pair.Alice);
        var file = pair.File(name, Size);
        var before = await pair.Relay.PassedAsync();
        pair.Relay.Tell($"stall-at {before + (Size / 2)}");
        using var send = pair.Alice.StartSend(pair.Bob, file);
        await pair.Relay.NextAsync("stalled");
        var id = (await Eventually.GetAsync("the transfer is there", Patience.Short, async () => (await who.NewestTransferAsync())?.Text("transfer_id")))!;

        Assert.Equal("paused", (await who.RunAsync("transfer", "pause", id, "--json")).EndedWith(0).Json.Text("state"));
        pair.Relay.Tell("go");
        await Eventually.TrueAsync($"{other.Name} knows that it is paused", Patience.Short, async () =>
            (await other.NewestTransferAsync()) is { } seen && seen.Text("detail") == "paused on the other device");
        Assert.True(send.IsRunning);
        Assert.False(Path.Exists(pair.Bob.Received(name)));

        (await who.RunAsync("transfer", "resume", id)).EndedWith(0);
        (await send.EndAsync()).EndedWith(0);
        Samples.AssertSame(file, pair.Bob.Received(name));
        (await who.RunAsync("transfer", "pause", id)).EndedWith(1).Said("ended before");
    }

    [Fact]
    public async Task A_limited_send_is_as_slow_as_it_was_told_and_whole()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("limited", 8 * Samples.MiB);

        var sent = (await pair.Alice.RunAsync("send", file, "--to", pair.Bob.Id, "--limit", "2M", "--json")).EndedWith(0).Json;

        // Its last chunk goes when the others have been waited for.
        Assert.True(sent.GetProperty("seconds").GetDouble() >= 3, $"{sent}");
        Samples.AssertSame(file, pair.Bob.Received("limited"));
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("M")]
    [InlineData("1e9G")]
    public async Task A_rate_that_is_none_is_said_to_be_none(string rate)
    {
        var pair = await shared.ReadyAsync();

        (await pair.Alice.RunAsync("send", pair.File("unlimited", 1), "--to", pair.Bob.Id, $"--limit={rate}")).EndedWith(2).Said("is no rate");
    }
}
