using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Wifi;

/// <summary>What Wi-Fi does to a transfer that goes by QUIC alone.</summary>
[Collection(Networks.Name)]
public sealed class QuicWifiTests(WirelessPair wireless) : IClassFixture<WirelessPair>
{
    [SkippableFact]
    public async Task Where_packets_are_lost_each_byte_is_sealed_once_all_the_same()
    {
        var pair = await ReadyAsync();
        await pair.Lan.LoseAsync(1);
        using var flight = await Flight.BeginAsync(pair, "lossy by quic", Scale.Large);

        await flight.EndsAsync("1 % of the packets lost, by QUIC", cuts: 0);
    }

    [SkippableFact]
    public async Task A_transfer_goes_on_by_itself_once_an_outage_is_over()
    {
        var pair = await ReadyAsync();
        using var flight = await Flight.BeginAsync(pair, "outage by quic", Scale.File);
        await flight.IsAtAsync(0.3);

        await pair.InterruptAsync(TimeSpan.FromSeconds(10));

        Assert.InRange((await flight.MovesAsync()).TotalSeconds, 0, 15);
        await flight.EndsAsync("an outage of 10 s, by QUIC", cuts: 1);
    }

    private async Task<WirelessPair> ReadyAsync()
    {
        QuicHere.Needed();
        wireless.Carriers = "quic";
        return await wireless.ReadyAsync();
    }
}
