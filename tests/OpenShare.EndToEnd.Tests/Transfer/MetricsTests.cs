using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>What an agent counts, as Prometheus reads it.</summary>
[Collection(Processes.Name)]
public sealed class MetricsTests(SharedPair shared) : IClassFixture<SharedPair>
{
    private const long Size = 40 * Samples.MiB;

    [Fact]
    public async Task Bytes_interruptions_and_what_was_sent_again_are_counted()
    {
        var pair = await CountingFromZeroAsync();
        var file = pair.File("counted", Size);
        var before = await pair.Relay.PassedAsync();
        pair.Relay.Tell($"cut-at {before + (Size / 2)}");

        (await pair.Alice.SendAsync(pair.Bob, file)).EndedWith(0);

        var (sent, received) = (await Metrics.OfAsync(pair.Alice), await Metrics.OfAsync(pair.Bob));
        Assert.Equal(Size, sent["openshare_transfer_bytes_total{direction=\"sending\"}"]);
        Assert.InRange(received["openshare_transfer_bytes_total{direction=\"receiving\"}"], Size, Size + Transfers.MostSentAgain);
        Assert.Equal(1, sent["openshare_transfer_ended_total{direction=\"sending\",state=\"completed\"}"]);
        Assert.True(sent["openshare_transfer_interruptions_total{direction=\"sending\"}"] >= 1);
        Assert.InRange(sent.GetValueOrDefault("openshare_transfer_bytes_resent_bytes_total"), 0, Transfers.MostSentAgain);
        // Of those that were under way at the cut the receiver says later that it has them, or they travel again.
        Assert.InRange(sent["openshare_transfer_frame_duration_seconds_count"], (Size / Samples.MiB) - 16, (Size / Samples.MiB) + 16);
        Assert.Equal(0, sent["openshare_transfer_frames_under_way"]);
    }

    [Fact]
    public async Task A_full_window_is_seen_under_way_and_what_of_it_a_cut_loses_is_counted_as_sent_again()
    {
        var pair = await CountingFromZeroAsync();
        var file = pair.File("lost on its way", Size);
        var before = await pair.Relay.PassedAsync();
        pair.Relay.Tell($"stall-at {before + (Size / 2)}");
        using var send = pair.Alice.StartSend(pair.Bob, file);
        await pair.Relay.NextAsync("stalled");

        await Eventually.TrueAsync("a window is under way", Patience.Short, async () => await Metrics.OfAsync(pair.Alice, "openshare_transfer_frames_under_way") == 16);
        pair.Relay.Tell("cut");
        pair.Relay.Tell("go");
        (await send.EndAsync()).EndedWith(0);

        var sent = await Metrics.OfAsync(pair.Alice);
        var again = sent["openshare_transfer_bytes_resent_bytes_total"];
        Assert.InRange(again, Samples.MiB, Transfers.MostUnderWay);
        Assert.Equal(sent[Metrics.Sealed] - Size, again);
        Assert.Equal(0, sent["openshare_transfer_frames_under_way"]);
        Assert.Contains("openshare_workers_queued", sent.Keys);
    }

    private async Task<Pair> CountingFromZeroAsync()
    {
        var pair = await shared.ReadyAsync();
        await pair.Alice.StartAgentAsync();
        await pair.Bob.StartAgentAsync();
        await pair.SeeEachOtherAsync();
        return pair;
    }
}
