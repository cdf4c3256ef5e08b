using Microsoft.Extensions.Time.Testing;
using OpenShare.Agent.Tests.Support;

namespace OpenShare.Agent.Tests;

/// <summary>Who waits for a transfer is told of its end when it ends.</summary>
public sealed class WatchTransferTests
{
    [Fact]
    public async Task The_end_is_told_at_once_and_not_with_the_next_look()
    {
        using var home = new TestHome();
        var device = new FakeDevice();
        device.SetTransfer(Some.Transfer);
        // Nobody looks again while time stands still.
        await using var agent = await TestAgent.StartAsync(home.Home, device, new FakeTimeProvider());
        using var stop = new CancellationTokenSource(Until.Deadline);
        await using var watch = agent.Client.WatchTransferAsync("7aaa", stop.Token).GetAsyncEnumerator(stop.Token);

        Assert.True(await watch.MoveNextAsync());
        device.SetTransfer(Some.Completed);

        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("completed", watch.Current.State);
    }
}
