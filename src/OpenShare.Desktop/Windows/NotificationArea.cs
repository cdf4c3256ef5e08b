using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using OpenShare.Desktop.Notifications;
using OpenShare.Desktop.Tray;

namespace OpenShare.Desktop.Windows;

/// <summary>The icon in Windows' notification area and the balloons at it, of which there is one at a time. On the window's thread.</summary>
[SupportedOSPlatform("windows")]
internal sealed class NotificationArea(nint window, uint callback)
{
    private const uint Id = 1, InfoIcon = 0x1, WarningIcon = 0x2;
    private const int SmallIconWidth = 49;

    private TrayState _state = TrayState.Offline;
    private nint _icon;

    /// <summary>What the balloon tells that is shown, or was last.</summary>
    internal Notice? Told { get; private set; }

    /// <returns>false: nothing here shows icons</returns>
    internal bool Add()
    {
        Draw();
        if (!Shell32.NotifyIcon(Shell32.Add, Shown()) && !Shell32.NotifyIcon(Shell32.Modify, Shown()))
            return false;
        return Shell32.NotifyIcon(Shell32.SetVersion, Data(0) with { Version = Shell32.Version4 });
    }

    internal void Update(TrayState state)
    {
        if (state == _state)
            return;
        _state = state;
        Draw();
        Shell32.NotifyIcon(Shell32.Modify, Shown());
    }

    /// <returns>false: nothing here shows it</returns>
    internal bool Show(Notice notice)
    {
        Told = notice;
        return Balloon(notice.Summary, notice.BodyWithoutButtons, notice.IsUrgent ? WarningIcon : InfoIcon);
    }

    internal void Withdraw(string key)
    {
        if (Told?.Key != key)
            return;
        Told = null;
        // One without words takes back the one that is there.
        Balloon("", "", 0);
    }

    internal void Remove()
    {
        Shell32.NotifyIcon(Shell32.Delete, Data(0));
        User32.DestroyIcon(_icon);
        _icon = 0;
    }

    private bool Balloon(string title, string words, uint flags)
    {
        var data = Data(NotifyIconFields.Info) with { InfoFlags = flags };
        Put(title, data.InfoTitle);
        Put(words, data.Info);
        return Shell32.NotifyIcon(Shell32.Modify, data);
    }

    private NotifyIconData Shown()
    {
        var data = Data(NotifyIconFields.Message | NotifyIconFields.Icon | NotifyIconFields.Tip | NotifyIconFields.ShowTip) with { CallbackMessage = callback, Icon = _icon };
        Put(TrayStates.Words(_state), data.Tip);
        return data;
    }

    private NotifyIconData Data(NotifyIconFields fields) => new() { Size = Marshal.SizeOf<NotifyIconData>(), Window = window, Id = Id, Fields = fields };

    private void Draw()
    {
        var before = _icon;
        var size = Math.Max(16, User32.GetSystemMetrics(SmallIconWidth));
        var bits = IconResource.Of(TrayIcon.Draw(_state, size), size);
        _icon = User32.CreateIconFromResourceEx(bits, bits.Length, isIcon: true, IconResource.Version, size, size, 0);
        if (before != 0)
            User32.DestroyIcon(before);
    }

    // Cut to what there is room for, and to whole characters; a zero ends it.
    private static void Put(string words, Span<ushort> room)
    {
        var length = Math.Min(words.Length, room.Length - 1);
        if (length > 0 && length < words.Length && char.IsHighSurrogate(words[length - 1]))
            length--;
        MemoryMarshal.Cast<char, ushort>(words.AsSpan(0, length)).CopyTo(room);
    }
}
