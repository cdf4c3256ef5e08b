using OpenShare.Desktop.Linux.Bus;
using OpenShare.Desktop.Tray;

namespace OpenShare.Desktop.Linux;

/// <summary>The icon itself, as org.kde.StatusNotifierItem.</summary>
internal sealed class StatusNotifierItem(Action<TrayOrder, string?> ordered) : IBusObject
{
    internal const string Path = "/StatusNotifierItem";
    internal const string Interface = "org.kde.StatusNotifierItem";

    private static readonly object[] NoPixmap = [];

    private volatile Shown _shown = Shown.Of(TrayState.Offline);

    /// <returns>false: it was so before</returns>
    internal bool Update(TrayState state)
    {
        if (_shown.State == state)
            return false;
        _shown = Shown.Of(state);
        return true;
    }

    internal string Status => _shown.Status;

    public BusBody Call(string? @interface, string member, object[] arguments)
    {
        if (@interface == BusProperties.Interface)
            return BusProperties.Call(_shown.Properties, member, arguments);
        switch (member)
        {
            case "Activate" or "SecondaryActivate":
                ordered(TrayOrder.Open, null);
                return BusBody.Empty;
            case "ContextMenu" or "Scroll" or "ProvideXdgActivationToken":
                return BusBody.Empty;
            default:
                throw new BusException(BusException.UnknownMethod, "There is no such method.");
        }
    }

    private sealed record Shown(TrayState State, string Status, IReadOnlyDictionary<string, Variant> Properties)
    {
        internal static Shown Of(TrayState state)
        {
            var status = state == TrayState.Warning ? "NeedsAttention" : "Active";
            var pixmaps = TrayIcon.Pixmaps(state);
            return new Shown(state, status, new Dictionary<string, Variant>
            {
                ["Category"] = new("s", "Communications"),
                ["Id"] = new("s", "openshare"),
                ["Title"] = new("s", TrayStates.Words(state)),
                ["Status"] = new("s", status),
                ["WindowId"] = new("i", 0),
                ["IconName"] = new("s", ""),
                ["IconThemePath"] = new("s", ""),
                ["IconPixmap"] = new("a(iiay)", pixmaps),
                ["OverlayIconName"] = new("s", ""),
                ["OverlayIconPixmap"] = new("a(iiay)", NoPixmap),
                ["AttentionIconName"] = new("s", ""),
                ["AttentionIconPixmap"] = new("a(iiay)", pixmaps),
                ["AttentionMovieName"] = new("s", ""),
                ["ToolTip"] = new("(sa(iiay)ss)", new object[] { "", NoPixmap, TrayStates.Words(state), "" }),
                ["ItemIsMenu"] = new("b", false),
                ["Menu"] = new("o", TrayMenu.Path),
            });
        }
    }
}
