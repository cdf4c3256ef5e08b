using System.Runtime.Versioning;
using OpenShare.Desktop.Notifications;
using OpenShare.Desktop.Tray;

namespace OpenShare.Desktop.Windows;

/// <summary>Windows' desktop: an icon in the notification area with its menu, balloons at it, and the window for files.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsSession : IDesktopSession
{
    /// <summary>Something was done at the icon.</summary>
    private const uint Callback = User32.App + 2;

    private static readonly uint TaskbarCreated = User32.RegisterWindowMessage("TaskbarCreated");

    private readonly SessionHandlers _handlers;
    private readonly OneOfAName _name;
    private MessageWindow? _window;
    private NotificationArea? _area;
    private AgentState _agent = AgentState.Offline;

    private WindowsSession(OneOfAName name, SessionHandlers handlers) => (_name, _handlers) = (name, handlers);

    public Task Ended => _window!.Ended;

    internal static async Task<IDesktopSession> OpenAsync(string name, Action waits, SessionHandlers handlers, CancellationToken cancellation)
    {
        var session = new WindowsSession(await OneOfAName.TakeAsync(name, waits, cancellation), handlers);
        try
        {
            session._window = await MessageWindow.OpenAsync(session.Told);
            session._area = new NotificationArea(session._window.Handle, Callback);
            return session;
        }
        catch
        {
            session._name.Dispose();
            throw;
        }
    }

    public Task<bool> AnnounceAsync(CancellationToken cancellation) => _window!.DoAsync(_area!.Add);

    public Task UpdateAsync(AgentState agent) => _window!.DoAsync(() =>
    {
        _agent = agent;
        _area!.Update(TrayStates.Of(agent));
    });

    public Task<bool> ShowAsync(Notice notice, CancellationToken cancellation) => _window!.DoAsync(() => _area!.Show(notice));

    public Task WithdrawAsync(string key, CancellationToken cancellation) => _window!.DoAsync(() => _area!.Withdraw(key));

    public Task<IReadOnlyList<string>?> ChooseAsync(string title, CancellationToken cancellation) => OpenFileDialog.ChooseAsync(title).WaitAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _window!.DoAsync(_area!.Remove);
            await _window.CloseAsync();
        }
        catch (IOException)
        {
            // The desktop went first, and the icon with it.
        }
        _name.Dispose();
    }

    private bool Told(uint message, nint wide, nint @long)
    {
        if (message == TaskbarCreated && TaskbarCreated != 0)
            _handlers.TrayCame();
        else if (message == Callback)
            AtIcon((uint)@long & 0xFFFF, (short)wide, (short)(wide >> 16));
        else
            return false;
        return true;
    }

    private void AtIcon(uint what, int x, int y)
    {
        switch (what)
        {
            case Shell32.Select or Shell32.KeySelect:
                _handlers.Ordered(TrayOrder.Open, null);
                break;
            case User32.ContextMenu:
                if (PopupMenu.Choose(MenuItem.Of(_agent), _window!.Handle, x, y) is { Order: { } order, IsEnabled: true } item)
                    _handlers.Ordered(order, item.About);
                break;
            case Shell32.BalloonClick:
                if (_area!.Told is { } notice)
                    _handlers.Answered(notice, NoticeAction.Open.Id);
                break;
        }
    }
}
