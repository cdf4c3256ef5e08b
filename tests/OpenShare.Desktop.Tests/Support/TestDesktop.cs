using System.Collections.Concurrent;
using OpenShare.Agent.Hosting;
using OpenShare.Agent.Tests.Support;
using OpenShare.Desktop.Linux;

namespace OpenShare.Desktop.Tests.Support;

/// <summary>The program, run in this process around a device of the test's.</summary>
internal sealed class TestDesktop : IAsyncDisposable
{
    private readonly CancellationTokenSource _interrupt = new();

    internal TestDesktop(TestHome home, FakeDevice device, string? bus)
    {
        var orders = new DesktopOrders((_, page, _) =>
        {
            Opened.Enqueue(page);
            return Task.FromResult(true);
        });
        Running = new DesktopAgent(AgentHosting.LauncherOf(device.Start), TestAgent.Options(home.Home), BusSession.At(bus), orders, new DesktopTalk(Said), TimeProvider.System).RunAsync(_interrupt.Token);
    }

    internal Transcript Said { get; } = new();

    /// <summary>The pages that were opened in the browser.</summary>
    internal ConcurrentQueue<string?> Opened { get; } = new();

    internal Task<bool> Running { get; }

    internal Task SaysAsync(string words) => Until.TrueAsync(() => Said.ToString().Contains(words, StringComparison.Ordinal), $"it says: {words}");

    public async ValueTask DisposeAsync()
    {
        await _interrupt.CancelAsync();
        await Running.WaitAsync(Until.Deadline);
        _interrupt.Dispose();
    }
}
