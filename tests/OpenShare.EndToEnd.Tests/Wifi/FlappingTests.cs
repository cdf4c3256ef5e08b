using System.Diagnostics;
using System.Globalization;
using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Wifi;

/// <summary>A link that is down for a third of the time.</summary>
[Collection(Processes.Name)]
public sealed class FlappingTests(WirelessPair wireless) : IClassFixture<WirelessPair>
{
    private const int Many = 10;

    // Which connection gets how much is chance, and of the eight chunks of the short form half are under way and not counted.
    private static double LeastShare => Scale.IsWhole ? 0.25 : 0.125;

    private static TimeSpan Up => TimeSpan.FromSeconds(Scale.IsWhole ? 10 : 2);

    private static TimeSpan Down => TimeSpan.FromSeconds(Scale.IsWhole ? 5 : 1);

    [SkippableFact]
    public async Task A_transfer_over_a_flapping_link_ends_by_itself()
    {
        Skip.IfNot(Scale.IsWhole, "the ten at once tell it in the short form: tests/long.sh --wifi");
        var pair = await wireless.ReadyAsync();
        await using var link = pair.Flap(Up, Down);

        using var flight = await Flight.BeginAsync(pair, "flapping", 2 * Scale.File);

        await flight.EndsAsync("5 s down in every 15", cuts: () => link.Cuts);
    }

    [SkippableFact]
    public async Task Ten_transfers_at_once_over_a_flapping_link_all_end_and_go_side_by_side()
    {
        var pair = await wireless.ReadyAsync();
        var size = Scale.IsWhole ? 48 * Samples.MiB : 8 * Samples.MiB;
        var files = Enumerable.Range(1, Many).Select(i => pair.File($"one of ten {i}", size)).ToList();
        var (before, clock) = (await Metrics.OfAsync(pair.Alice, Metrics.Sealed), Stopwatch.StartNew());
        using var agent = new LocalApiClient(new ControlEndpoint.UnixSocket(Path.Combine(pair.Alice.Home, "agent.sock")));
        await using var link = pair.Flap(Up, Down);

        var sent = await Task.WhenAll(files.Select(f => agent.SendAsync(new SendRequest([f], pair.Bob.Id), default)));
        var least = await LeastWhenTheFirstEndsAsync(agent, sent);
        await Eventually.TrueAsync($"all have ended: {pair.Alice.Agent}", TimeSpan.FromMinutes(4), async () =>
            (await OfAsync(agent, sent)).All(t => t.IsEnded()));
        var seconds = clock.Elapsed.TotalSeconds;

        Assert.All(await OfAsync(agent, sent), t => Assert.Equal(TransferStates.Completed, t.State));
        foreach (var file in files)
            Samples.AssertSame(file, pair.Bob.Received(Path.GetFileName(file)));
        foreach (var transfer in sent)
            await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, transfer.TransferId);
        var bytes = await Metrics.OfAsync(pair.Alice, Metrics.Sealed) - before;
        Assert.InRange(bytes, Many * size, Many * (size + (link.Cuts * Math.Min(size, Flight.Window))));
        Assert.True(least >= LeastShare, $"when the first was done, {least:0.00} of the slowest was");
        Scale.Report(string.Create(CultureInfo.InvariantCulture,
            $"| ten at once, {Down.TotalSeconds} s down in every {(Up + Down).TotalSeconds} | {Many} x {size / Samples.MiB} MiB | {seconds:0.0} | {Many * size / seconds / 1e6:0.0} | {bytes / (double)(Many * size):0.000} | {least:0.00} of the slowest when the first is done |"));
    }

    /// <returns>how much of the transfer that is furthest behind is done, when the first of them ends</returns>
    private static async Task<double> LeastWhenTheFirstEndsAsync(LocalApiClient agent, TransferDocument[] sent)
    {
        var least = 0.0;
        await Eventually.TrueAsync("the first has ended", TimeSpan.FromMinutes(4), async () =>
        {
            var now = await OfAsync(agent, sent);
            least = now.Min(t => t.BytesTotal == 0 ? 0 : t.BytesSent / (double)t.BytesTotal);
            return now.Any(t => t.IsEnded());
        });
        return least;
    }

    private static async Task<List<TransferDocument>> OfAsync(LocalApiClient agent, TransferDocument[] sent) =>
        [.. (await agent.GetTransfersAsync(default)).Where(t => sent.Any(s => s.TransferId == t.TransferId))];
}
