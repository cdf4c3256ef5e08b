using OpenShare.Desktop.Bus;
using OpenShare.Desktop.Notifications;
using OpenShare.Desktop.Tray;

namespace OpenShare.Desktop;

/// <summary>Icon and notifications on one connection to the session bus.</summary>
internal sealed class BusSession : IAsyncDisposable
{
    private readonly BusConnection _bus;

    private BusSession(BusConnection bus, TrayHost tray, NotificationServer notifications) => (_bus, Tray, Notifications) = (bus, tray, notifications);

    internal TrayHost Tray { get; }

    internal NotificationServer Notifications { get; }

    internal Task Ended => _bus.Ended;

    /// <exception cref="IOException">there is no bus</exception>
    internal static async Task<BusSession> OpenAsync(
        string address, Action<TrayOrder> ordered, Action<Notice, string> answered, Action watcherCame, Action serverCame, Action<Action> later, CancellationToken cancellation)
    {
        var bus = await BusConnection.OpenAsync(address, cancellation);
        try
        {
            var session = new BusSession(bus, new TrayHost(bus, ordered), new NotificationServer(bus, answered));
            await session.Notifications.BeginAsync(serverCame, later, cancellation);
            await session.Tray.BeginAsync(watcherCame, cancellation);
            return session;
        }
        catch (BusException e)
        {
            await bus.DisposeAsync();
            throw new IOException(e.Message, e);
        }
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();
}
