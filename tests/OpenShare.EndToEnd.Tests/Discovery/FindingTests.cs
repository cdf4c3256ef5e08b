using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Discovery;

[Collection(Processes.Name)]
public sealed class FindingTests(SharedPair shared) : IClassFixture<SharedPair>
{
    [Fact]
    public async Task Devices_of_one_account_find_each_other_by_multicast()
    {
        var pair = await shared.ReadyAsync();
        await pair.Alice.CallsAsync(pair.Bob, "certified");

        var bob = await pair.Alice.FindsAsync(pair.Bob, "mdns");

        Assert.Equal("bob", bob.Text("name"));
        Assert.EndsWith($":{pair.Bob.AdvertisedPort}", bob.Text("address"), StringComparison.Ordinal);
        Assert.InRange(bob.Number("latency_ms"), 0, (long)Patience.Long.TotalMilliseconds);
    }

    [Fact]
    public async Task A_device_that_ends_says_goodbye_and_is_seen_again_when_it_returns()
    {
        var pair = await shared.ReadyAsync();
        await pair.Alice.FindsAsync(pair.Bob, "mdns");

        (await pair.Bob.Agent.TerminateAsync(Patience.Short)).EndedWith(0);
        // Where nobody is to be seen, the command looks in every way before it says so.
        await Eventually.TrueAsync($"alice sees bob no more: {pair.Alice.Agent}", Patience.Long, async () => (await pair.Alice.PeerAsync(pair.Bob))!.Value.IsNull("address"));

        await pair.Bob.StartAgentAsync();
        await pair.Alice.SeesAsync(pair.Bob);
    }
}
