using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Wifi;

/// <summary>What Wi-Fi does to a transfer while it runs: it ends by itself, whole, and little travels twice.</summary>
[Collection(Networks.Name)]
public sealed partial class WifiTests(WirelessPair wireless) : IClassFixture<WirelessPair>
{
    // Without loss for comparison.
    public static TheoryData<int> Losses => Scale.IsWhole ? new(0, 1, 5) : new(1, 5);

    public static TheoryData<int> Outages => Scale.IsWhole ? new(5, 20, 120) : new(10);

    public static TheoryData<string> FirstOnes => Scale.IsWhole ? new("receiver", "sender") : new("sender");

    // Seconds: after 8 of silence a link is dead, with an announcement each 1 to 3 its peer is found at the new place, and there is a dial or two.
    private const int MostWait = 15;

    // Of a file that moves on, over a line that takes 11 s for the whole of the largest.
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(30);

    // Longer than the 8 s after which the receiver takes the link for dead.
    private static TimeSpan Suspended => TimeSpan.FromSeconds(Scale.IsWhole ? 60 : 12);

    [SkippableTheory]
    [MemberData(nameof(Losses))]
    public async Task Where_packets_are_lost_the_line_is_filled_all_the_same(int percent)
    {
        var pair = await wireless.ReadyAsync();
        if (percent > 0)
            await pair.Lan.LoseAsync(percent);

        var beside = Scale.IsWhole ? await IperfAsync(pair) : null;
        using var flight = await Flight.BeginAsync(pair, $"{percent} percent lost", Scale.Large);

        var note = !Scale.IsWhole ? "" : beside is null ? "iperf3 is not installed" : string.Create(CultureInfo.InvariantCulture, $"iperf3: {beside:0.0} MB/s");
        var rate = await flight.EndsAsync($"{percent} % of the packets lost", cuts: 0, note);
        if (percent == 1 && beside is not null)
            Assert.True(rate >= 0.95 * beside, $"{rate:0.0} MB/s of iperf3's {beside:0.0}");
    }

    [SkippableFact]
    public async Task A_transfer_begins_with_cubic_and_goes_by_bbr_once_packets_are_lost()
    {
        var offered = await File.ReadAllTextAsync("/proc/sys/net/ipv4/tcp_available_congestion_control");
        foreach (var algorithm in (string[])["cubic", "bbr"])
            Skip.IfNot(offered.Split((char[]?)null).Contains(algorithm), $"this kernel does not offer {algorithm}");
        var pair = await wireless.ReadyAsync();
        // What the test before found of the path is known for as long as a connection goes there.
        (await pair.Alice.Agent.TerminateAsync()).EndedWith(0);
        await pair.Alice.StartAgentAsync();
        await pair.Alice.SeesAsync(pair.Bob);
        using var flight = await Flight.BeginAsync(pair, "congested", Scale.File);

        var first = await Eventually.GetAsync("a stream has sent something", Patience.Short, async () => await StreamsAsync(pair) is { Count: > 0 } some ? some : null);
        Assert.All(first, stream => Assert.Contains(" cubic ", stream, StringComparison.Ordinal));
        await pair.Lan.LoseAsync(1);

        await Eventually.TrueAsync("all streams go by bbr", Patience.Short, async () =>
            await StreamsAsync(pair) is { Count: > 0 } streams && streams.All(s => s.Contains(" bbr ", StringComparison.Ordinal)));
        await flight.EndsAsync("1 % of the packets lost soon after the beginning", cuts: 0);
    }

    // Alice's connections that have sent a mebibyte and more, each as the system has it.
    private static async Task<List<string>> StreamsAsync(WirelessPair pair) =>
        [.. (await pair.Lan.AskAsync("alice", "ss", "--tcp", "--info", "--no-header", "--oneline", "state", "established")).Split('\n').Where(line => BytesSent().IsMatch(line))];

    [GeneratedRegex(@"bytes_sent:\d{7}")]
    private static partial Regex BytesSent();

    // What the line gives: four connections, with the congestion control that serves it best.
    private static async Task<double?> IperfAsync(WirelessPair pair)
    {
        if (!File.Exists("/usr/bin/iperf3"))
            return null;
        await pair.Lan.HostAsync("bob", "iperf3", "--server", "--one-off", "--daemon");
        var report = await pair.Lan.AskAsync("alice", "iperf3", "--client", WirelessPair.BobAddress, "--parallel", "4", "--congestion", "bbr", "--time", "15", "--json");
        var rate = JsonDocument.Parse(report).RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble();
        return rate / 8e6;
    }

    [SkippableTheory]
    [MemberData(nameof(Outages))]
    public async Task A_transfer_goes_on_by_itself_once_an_outage_is_over(int seconds)
    {
        var pair = await wireless.ReadyAsync();
        using var flight = await Flight.BeginAsync(pair, $"outage of {seconds}", Scale.File);
        await flight.IsAtAsync(0.3);

        await pair.InterruptAsync(TimeSpan.FromSeconds(seconds));

        Assert.InRange((await flight.MovesAsync()).TotalSeconds, 0, 5);
        await flight.EndsAsync($"an outage of {seconds} s", cuts: 1);
    }

    [SkippableTheory]
    [InlineData("receiver")]
    [InlineData("sender")]
    public async Task A_transfer_follows_a_device_to_another_address(string side)
    {
        var pair = await wireless.ReadyAsync();
        using var flight = await Flight.BeginAsync(pair, $"{side} renumbered", Scale.File);
        await flight.IsAtAsync(0.3);

        await pair.RenumberAsync(side == "sender" ? pair.Alice : pair.Bob);

        Assert.InRange((await flight.MovesAsync()).TotalSeconds, 0, MostWait);
        await flight.EndsAsync($"another address of the {side} under way", cuts: 1, within: s_rest);
    }

    [SkippableTheory]
    [MemberData(nameof(FirstOnes))]
    public async Task A_transfer_follows_both_devices_to_another_network_whichever_of_them_is_there_first(string side)
    {
        var pair = await wireless.ReadyAsync();
        var (first, second) = side == "sender" ? (pair.Alice, pair.Bob) : (pair.Bob, pair.Alice);
        var between = TimeSpan.FromSeconds(Scale.IsWhole ? 5 : 2);
        using var flight = await Flight.BeginAsync(pair, $"{side} moved", Scale.File);
        await flight.IsAtAsync(0.3);

        await pair.MoveAwayAsync(first, between);
        await pair.MoveAwayAsync(second, between);

        Assert.InRange((await flight.MovesAsync()).TotalSeconds, 0, MostWait);
        await flight.EndsAsync($"both on another network under way, the {side} {between.TotalSeconds} s before the other", cuts: 1, within: s_rest);
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task A_sender_that_was_suspended_goes_on_by_itself()
    {
        var pair = await wireless.ReadyAsync();
        var before = await Metrics.OfAsync(pair.Bob, Metrics.Interruptions);
        using var flight = await Flight.BeginAsync(pair, "suspended", Scale.File);
        await flight.IsAtAsync(0.3);

        pair.Alice.Agent.Send(Signal.Stop);
        await Task.Delay(Suspended);
        pair.Alice.Agent.Send(Signal.Continue);

        await flight.MovesAsync();
        Assert.True(await Metrics.OfAsync(pair.Bob, Metrics.Interruptions) > before, "the link held");
        await flight.EndsAsync($"the sender suspended for {Suspended.TotalSeconds} s", cuts: 1);
    }
}
