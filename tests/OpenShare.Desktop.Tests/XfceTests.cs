using OpenShare.Agent.Tests.Support;
using OpenShare.Desktop.Linux;
using OpenShare.Desktop.Linux.Bus;
using OpenShare.Desktop.Tests.Support;
using OpenShare.Device.Views;

namespace OpenShare.Desktop.Tests;

/// <summary>Xfce's own panel and notifications, and clicks on what they draw.</summary>
[Trait("Length", "Long")]
public sealed class XfceTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    [SkippableFact]
    public async Task The_panel_shows_the_icon_and_quit_in_its_menu_ends_the_program()
    {
        Screen.SkipUnlessHere();
        await using var bus = await PrivateBus.StartAsync();
        await using var screen = await Screen.StartAsync(bus);
        await using var asks = await bus.ConnectAsync();
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await ShownAsync(asks);

        // The icon is the first thing on the left, and Quit the last in its menu.
        for (var until = Environment.TickCount64 + 30_000; !desktop.Running.IsCompleted && Environment.TickCount64 < until;)
        {
            await screen.DoAsync("key", "Escape");
            await screen.DoAsync("mousemove", "20", "16", "click", "3");
            await Task.WhenAny(desktop.Running, Task.Delay(700));
            await screen.DoAsync("key", "Up", "Return");
            await Task.WhenAny(desktop.Running, Task.Delay(700));
        }
        Assert.True(await desktop.Running.WaitAsync(TimeSpan.FromSeconds(1)));
    }

    [SkippableFact]
    public async Task The_panel_shows_the_icon_also_after_its_restart()
    {
        Screen.SkipUnlessHere();
        await using var bus = await PrivateBus.StartAsync();
        await using var screen = await Screen.StartAsync(bus);
        await using var asks = await bus.ConnectAsync();
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await ShownAsync(asks);

        await screen.RestartPanelAsync();

        await ShownAsync(asks);
        Assert.False(desktop.Running.IsCompleted);
    }

    [SkippableFact]
    public async Task The_accept_button_that_is_drawn_accepts()
    {
        Screen.SkipUnlessHere();
        await using var bus = await PrivateBus.StartAsync();
        await using var screen = await Screen.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        _device.SetTransfer(Some.Transfer with { Direction = TransferDirection.Receiving, State = TransferState.AwaitingAnswer });

        // The notification is in the upper right corner, and Accept the first of its buttons.
        await Until.TrueAsync(
            async () =>
            {
                await screen.DoAsync("mousemove", "543", "102", "click", "1");
                return _device.Answers.Count > 0;
            },
            "Accept was clicked");

        Assert.True(Assert.Single(_device.Answers).IsAccepted);
    }

    private static Task ShownAsync(BusConnection asks) => Until.TrueAsync(() => IsShownAsync(asks), "the panel shows the icon");

    private static async Task<bool> IsShownAsync(BusConnection asks)
    {
        try
        {
            var items = await asks.CallAsync(
                TrayHost.Watcher, "/StatusNotifierWatcher", BusProperties.Interface, "Get", new BusBody("ss", TrayHost.Watcher, "RegisteredStatusNotifierItems"), CancellationToken.None);
            return ((object[])items.Body.Values[0]).Any(i => ((string)i).Contains($"-{Environment.ProcessId}-", StringComparison.Ordinal));
        }
        catch (BusException)
        {
            return false;
        }
    }

    public void Dispose() => _home.Dispose();
}
