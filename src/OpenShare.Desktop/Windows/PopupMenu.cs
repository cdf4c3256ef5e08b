using System.Runtime.Versioning;
using OpenShare.Desktop.Tray;

namespace OpenShare.Desktop.Windows;

/// <summary>The icon's menu, as Windows shows it.</summary>
[SupportedOSPlatform("windows")]
internal static class PopupMenu
{
    private const uint Grayed = 0x1, Checked = 0x8, Popup = 0x10, Separator = 0x800;
    private const uint RightButton = 0x2, NoNotify = 0x80, ReturnCommand = 0x100;

    /// <summary>Until something is chosen, or nothing is. On the window's thread, which does its work meanwhile.</summary>
    /// <param name="x">on the screen</param>
    /// <returns>what was chosen; null: nothing</returns>
    internal static MenuItem? Choose(MenuItem root, nint window, int x, int y)
    {
        var menu = Build(root);
        try
        {
            // Without the first the menu stays when something else is clicked, and without the message after it the next one closes at once.
            User32.SetForegroundWindow(window);
            var chosen = User32.TrackPopupMenuEx(menu, RightButton | NoNotify | ReturnCommand, x, y, window, 0);
            User32.PostMessage(window, User32.Null, 0, 0);
            return chosen == MenuItem.Root ? null : root.All.FirstOrDefault(i => i.Id == chosen);
        }
        finally
        {
            // Those below it go with it.
            User32.DestroyMenu(menu);
        }
    }

    private static nint Build(MenuItem root)
    {
        var menu = User32.CreatePopupMenu();
        foreach (var item in root.Children.Where(i => i.IsVisible))
            User32.AppendMenu(menu, Flags(item), item.Children.Length > 0 ? Build(item) : item.Id, Text(item));
        return menu;
    }

    private static uint Flags(MenuItem item) =>
        (item.Label is null ? Separator : 0) | (item.IsEnabled ? 0 : Grayed) | (item.IsChosen == true ? Checked : 0) | (item.Children.Length > 0 ? Popup : 0);

    // A single one would underline what follows, and what is behind a tab stands at the right.
    private static string? Text(MenuItem item) => item.Label?.Replace("&", "&&", StringComparison.Ordinal).Replace('\t', ' ');
}
