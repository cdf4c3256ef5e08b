using OpenShare.Desktop.Linux.Bus;
using OpenShare.Desktop.Tray;

namespace OpenShare.Desktop.Linux;

/// <summary>The icon on a bus: announced to whichever program shows icons, and to the next when that one is replaced.</summary>
internal sealed class TrayHost
{
    internal const string Watcher = "org.kde.StatusNotifierWatcher";
    private const string WatcherPath = "/StatusNotifierWatcher";

    private readonly BusConnection _bus;
    private readonly StatusNotifierItem _item;
    private readonly TrayMenu _menu;
    private readonly string _name = $"org.kde.StatusNotifierItem-{Environment.ProcessId}-1";

    internal TrayHost(BusConnection bus, Action<TrayOrder, string?> ordered)
    {
        _bus = bus;
        _item = new StatusNotifierItem(ordered);
        _menu = new TrayMenu(ordered);
        bus.Export(StatusNotifierItem.Path, _item);
        bus.Export(TrayMenu.Path, _menu);
    }

    /// <param name="came">a watcher came after this: it is to be announced to with <see cref="AnnounceAsync"/></param>
    internal async Task BeginAsync(Action came, CancellationToken cancellation)
    {
        await _bus.WatchNameAsync(Watcher, came, cancellation);
        await _bus.CallBusAsync("RequestName", new BusBody("su", _name, 0u), cancellation);
    }

    /// <returns>false: nothing here shows icons</returns>
    internal async Task<bool> AnnounceAsync(CancellationToken cancellation)
    {
        try
        {
            await _bus.CallAsync(Watcher, WatcherPath, Watcher, "RegisterStatusNotifierItem", new BusBody("s", _name), cancellation);
            return true;
        }
        catch (BusException)
        {
            return false;
        }
    }

    internal async Task UpdateAsync(AgentState agent)
    {
        if (_item.Update(TrayStates.Of(agent)))
        {
            foreach (var signal in (string[])["NewIcon", "NewAttentionIcon", "NewTitle", "NewToolTip"])
                await _bus.EmitAsync(StatusNotifierItem.Path, StatusNotifierItem.Interface, signal, BusBody.Empty);
            await _bus.EmitAsync(StatusNotifierItem.Path, StatusNotifierItem.Interface, "NewStatus", new BusBody("s", _item.Status));
        }
        if (_menu.Update(agent) is { } revision)
            await _bus.EmitAsync(TrayMenu.Path, TrayMenu.Interface, "LayoutUpdated", new BusBody("ui", revision, MenuItem.Root));
    }
}
