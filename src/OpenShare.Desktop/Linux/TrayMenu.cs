using OpenShare.Desktop.Linux.Bus;
using OpenShare.Desktop.Tray;

namespace OpenShare.Desktop.Linux;

/// <summary>The icon's menu, as com.canonical.dbusmenu.</summary>
internal sealed class TrayMenu(Action<TrayOrder, string?> ordered) : IBusObject
{
    internal const string Path = "/MenuBar";
    internal const string Interface = "com.canonical.dbusmenu";

    private static readonly Dictionary<string, Variant> Properties = new()
    {
        ["Version"] = new Variant("u", 3u),
        ["TextDirection"] = new Variant("s", "ltr"),
        ["Status"] = new Variant("s", "normal"),
        ["IconThemePath"] = new Variant("as", Array.Empty<object>()),
    };

    private volatile Layout _layout = new(1, MenuItem.Of(AgentState.Offline));

    /// <returns>the new layout's revision; null: nothing of it has changed</returns>
    internal uint? Update(AgentState agent)
    {
        var next = MenuItem.Of(agent);
        if (Same(next, _layout.Root))
            return null;
        _layout = new Layout(_layout.Revision + 1, next);
        return _layout.Revision;
    }

    public BusBody Call(string? @interface, string member, object[] arguments)
    {
        if (@interface == BusProperties.Interface)
            return BusProperties.Call(Properties, member, arguments);
        var layout = _layout;
        switch (member)
        {
            case "GetLayout":
                return new BusBody("u(ia{sv}av)", layout.Revision, Node(Find((int)arguments[0]), (int)arguments[1]));
            case "GetGroupProperties":
                var asked = ((object[])arguments[0]).Cast<int>().ToHashSet();
                return new BusBody("a(ia{sv})", layout.Root.All.Where(i => asked.Count == 0 || asked.Contains(i.Id)).Select(i => (object)new object[] { i.Id, PropertiesOf(i) }));
            case "GetProperty":
                var name = (string)arguments[1];
                return new BusBody("v", PropertiesOf(Find((int)arguments[0])).Cast<object[]>().FirstOrDefault(p => (string)p[0] == name)?[1]
                    ?? throw new BusException(BusException.InvalidArgs, "It has no such property."));
            case "Event":
                Happened((int)arguments[0], (string)arguments[1]);
                return BusBody.Empty;
            case "EventGroup":
                foreach (var happened in ((object[])arguments[0]).Cast<object[]>())
                    Happened((int)happened[0], (string)happened[1]);
                return new BusBody("ai", (object)Array.Empty<object>());
            case "AboutToShow":
                return new BusBody("b", false);
            case "AboutToShowGroup":
                return new BusBody("aiai", Array.Empty<object>(), Array.Empty<object>());
            default:
                throw new BusException(BusException.UnknownMethod, "There is no such method.");
        }

        MenuItem Find(int id) => layout.Root.All.FirstOrDefault(i => i.Id == id) ?? throw new BusException(BusException.InvalidArgs, "There is no such item.");

        void Happened(int id, string what)
        {
            // An item that was here a moment ago may still be clicked.
            if (what == "clicked" && layout.Root.All.FirstOrDefault(i => i.Id == id) is { Order: { } order, IsEnabled: true, IsVisible: true } item)
                ordered(order, item.About);
        }
    }

    private static object[] Node(MenuItem item, int depth) =>
    [
        item.Id, PropertiesOf(item),
        depth == 0 ? Array.Empty<object>() : item.Children.Select(c => (object)new Variant("(ia{sv}av)", Node(c, depth - 1))).ToArray(),
    ];

    private static object[] PropertiesOf(MenuItem item)
    {
        var properties = new List<object>();
        if (item.Label is null)
            Add("type", "s", "separator");
        else if (item.Id != MenuItem.Root)
            // A single underscore would underline what follows.
            Add("label", "s", item.Label.Replace("_", "__", StringComparison.Ordinal));
        if (!item.IsEnabled)
            Add("enabled", "b", false);
        if (!item.IsVisible)
            Add("visible", "b", false);
        if (item.IsChosen is { } isChosen)
        {
            Add("toggle-type", "s", "radio");
            Add("toggle-state", "i", isChosen ? 1 : 0);
        }
        if (item.Children.Length > 0 || item.Id == MenuItem.Root)
            Add("children-display", "s", "submenu");
        return [.. properties];

        void Add(string name, string signature, object value) => properties.Add(new object[] { name, new Variant(signature, value) });
    }

    private static bool Same(MenuItem one, MenuItem other) =>
        one with { Children = other.Children } == other && one.Children.Length == other.Children.Length && one.Children.Zip(other.Children).All(p => Same(p.First, p.Second));

    private sealed record Layout(uint Revision, MenuItem Root);
}
