using OpenShare.Desktop.Linux.Bus;
using OpenShare.Desktop.Notifications;

namespace OpenShare.Desktop.Linux;

/// <summary>Icon and notifications on one connection to the session bus.</summary>
internal sealed class BusSession : IDesktopSession
{
    private readonly BusConnection _bus;
    private readonly TrayHost _tray;
    private readonly NotificationServer _notifications;
    private readonly FileChooser _chooser;

    private BusSession(BusConnection bus, TrayHost tray, NotificationServer notifications) => (_bus, _tray, _notifications, _chooser) = (bus, tray, notifications, new FileChooser(bus));

    public Task Ended => _bus.Ended;

    public Task<bool> AnnounceAsync(CancellationToken cancellation) => _tray.AnnounceAsync(cancellation);

    public Task UpdateAsync(AgentState agent) => _tray.UpdateAsync(agent);

    public Task<bool> ShowAsync(Notice notice, CancellationToken cancellation) => _notifications.ShowAsync(notice, cancellation);

    public Task WithdrawAsync(string key, CancellationToken cancellation) => _notifications.WithdrawAsync(key, cancellation);

    public Task<IReadOnlyList<string>?> ChooseAsync(string title, CancellationToken cancellation) => _chooser.ChooseAsync(title, cancellation);

    /// <param name="address">the bus's; null: there is none</param>
    internal static OpenSession? At(string? address) => address is null ? null : (name, waits, handlers, cancellation) => OpenAsync(address, name, waits, handlers, cancellation);

    private static async Task<IDesktopSession> OpenAsync(string address, string name, Action waits, SessionHandlers handlers, CancellationToken cancellation)
    {
        var bus = await BusConnection.OpenAsync(address, cancellation);
        try
        {
            await OwnAsync(bus, name, waits, cancellation);
            var session = new BusSession(bus, new TrayHost(bus, handlers.Ordered), new NotificationServer(bus, handlers.Answered));
            await session._tray.BeginAsync(handlers.TrayCame, cancellation);
            await session._notifications.BeginAsync(handlers.ServerCame, handlers.Later, cancellation);
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
