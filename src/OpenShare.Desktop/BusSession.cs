using OpenShare.Desktop.Bus;
using OpenShare.Desktop.Notifications;
using OpenShare.Desktop.Tray;

namespace OpenShare.Desktop;

/// <summary>Icon and notifications on one connection to the session bus.</summary>
internal sealed class BusSession : IAsyncDisposable
{
    private readonly BusConnection _bus;

    private BusSession(BusConnection bus, TrayHost tray, NotificationServer notifications) => (_bus, Tray, Notifications, Chooser) = (bus, tray, notifications, new FileChooser(bus));

    internal TrayHost Tray { get; }

    internal NotificationServer Notifications { get; }

    internal FileChooser Chooser { get; }

    internal Task Ended => _bus.Ended;

    /// <param name="name">that one program has at a time: whoever comes second waits here until the first has left</param>
    /// <param name="waits">it is another's just now</param>
    /// <exception cref="IOException">there is no bus</exception>
    internal static async Task<BusSession> OpenAsync(string address, string name, Action waits, BusHandlers handlers, CancellationToken cancellation)
    {
        var bus = await BusConnection.OpenAsync(address, cancellation);
        try
        {
            await OwnAsync(bus, name, waits, cancellation);
            var session = new BusSession(bus, new TrayHost(bus, handlers.Ordered), new NotificationServer(bus, handlers.Answered));
            await session.Tray.BeginAsync(handlers.WatcherCame, cancellation);
            await session.Notifications.BeginAsync(handlers.ServerCame, handlers.Later, cancellation);
            return session;
        }
        catch (Exception e)
        {
            await bus.DisposeAsync();
            throw e is BusException ? new IOException(e.Message, e) : e;
        }
    }

    private static async Task OwnAsync(BusConnection bus, string name, Action waits, CancellationToken cancellation)
    {
        var acquired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bus.OnSignal(signal =>
        {
            if (signal is { Sender: BusConnection.Bus, Member: "NameAcquired", Body.Values: [string own] } && own == name)
                acquired.TrySetResult();
        });
        if ((await bus.CallBusAsync("RequestName", new BusBody("su", name, 0u), cancellation)).Values is [InQueue])
        {
            waits();
            await (await Task.WhenAny(acquired.Task, bus.Ended).WaitAsync(cancellation));
            if (!acquired.Task.IsCompleted)
                throw new IOException("The session bus is gone.");
        }
    }

    private const uint InQueue = 2;

    public ValueTask DisposeAsync() => _bus.DisposeAsync();
}

/// <param name="Ordered">something was chosen at the icon, about something</param>
/// <param name="Answered">a notice, and which of its actions</param>
/// <param name="WatcherCame">something shows icons that was not there before</param>
/// <param name="ServerCame">something shows notifications that was not there before</param>
/// <param name="Later">does what it is given after what is under way</param>
internal sealed record BusHandlers(Action<TrayOrder, string?> Ordered, Action<Notice, string> Answered, Action WatcherCame, Action ServerCame, Action<Action> Later);
