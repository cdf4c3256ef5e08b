using System.Diagnostics;
using System.Globalization;
using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Wifi;

/// <summary>A link that is down for a third of the time.</summary>
public sealed partial class WifiTests
{
    // All transfers to one device together have at most 32 MiB under way (SendTurns).
    private const long Room = 32 * Samples.MiB;

    // How many at once, and for how many seconds the link is down: shorter than a link lives without a word, and longer. And whether
    // what is sent waits in the sender's own system.
    public static TheoryData<int, int, bool> Flaps => Scale.IsWhole
        ? new() { { 1, 5, false }, { 10, 5, false }, { 10, 12, false }, { 10, 5, true }, { 10, 12, true } }
        : new() { { 10, 1, true } };

    // They take turns. In the short form all of each file is under way at once: nothing can be told of that.
    private static double LeastShare => Scale.IsWhole ? 0.6 : 0;

    private static TimeSpan Up => TimeSpan.FromSeconds(Scale.IsWhole ? 10 : 2);

    [SkippableTheory]
    [MemberData(nameof(Flaps))]
    public async Task Transfers_over_a_flapping_link_all_end_by_themselves_and_go_side_by_side(int many, int down, bool waitsAtSender)
    {
        var pair = await wireless.ReadyAsync();
        if (waitsAtSender)
            await pair.QueueAtAliceAsync();
        var size = (Scale.IsWhole ? 480 : 80) * Samples.MiB / many;
        var files = Enumerable.Range(1, many).Select(i => pair.File($"{i} of {many}, {down} s down", size)).ToList();
        var (before, clock) = (await Metrics.OfAsync(pair.Alice, Metrics.Sealed), Stopwatch.StartNew());
        using var agent = new LocalApiClient(new ControlEndpoint.UnixSocket(Path.Combine(pair.Alice.Home, "agent.sock")));
        await using var link = pair.Flap(Up, TimeSpan.FromSeconds(down));

        var sent = await Task.WhenAll(files.Select(f => agent.SendAsync(new SendRequest([f], pair.Bob.Id), default)));
        var least = await LeastWhenTheFirstEndsAsync(agent, sent);
        await Eventually.TrueAsync($"all have ended: {pair.Alice.Agent}", TimeSpan.FromMinutes(4), async () =>
            (await OfAsync(agent, sent)).All(t => t.IsEnded()));
        var seconds = clock.Elapsed.TotalSeconds;

        Assert.All(await OfAsync(agent, sent), t => Assert.Equal(TransferStates.Completed, t.State));
        foreach (var file in files)
        {
            Samples.AssertSame(file, pair.Bob.Received(Path.GetFileName(file)));
            File.Delete(file);
            File.Delete(pair.Bob.Received(Path.GetFileName(file)));
        }
        foreach (var transfer in sent)
            await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, transfer.TransferId);
        var bytes = await Metrics.OfAsync(pair.Alice, Metrics.Sealed) - before;
        // Past the room goes the one chunk of who has nothing under way.
        Assert.InRange(bytes, many * size, (many * size) + (link.Cuts * Math.Min(many * Math.Min(size, Flight.Window), Room + (many * Samples.MiB))));
        Assert.True(least >= LeastShare, $"when the first was done, {least:0.00} of the slowest was");
        Scale.Report(string.Create(CultureInfo.InvariantCulture,
            $"| {many} at once, {down} s down in every {Up.TotalSeconds + down}{(waitsAtSender ? ", a queue in the sender's own system" : "")} | {many} x {size / Samples.MiB} MiB | {seconds:0.0} | {many * size / seconds / 1e6:0.0} | {bytes / (double)(many * size):0.000} | {least:0.00} of the slowest when the first is done |"));
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
