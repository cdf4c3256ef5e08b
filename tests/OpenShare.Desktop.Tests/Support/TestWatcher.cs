using System.Collections.Concurrent;
using OpenShare.Agent.Tests.Support;
using OpenShare.Desktop.Linux;
using OpenShare.Desktop.Linux.Bus;

namespace OpenShare.Desktop.Tests.Support;

/// <summary>What a panel is to an icon.</summary>
internal sealed class TestWatcher : IBusObject, IAsyncDisposable
{
    private readonly BusConnection _bus;

    private TestWatcher(BusConnection bus) => _bus = bus;

    /// <summary>The icons that were announced.</summary>
    internal ConcurrentQueue<string> Registered { get; } = new();

    internal ConcurrentQueue<BusMessage> Signals { get; } = new();

    internal string Item => Registered.TryPeek(out var name) ? name : throw new InvalidOperationException("No icon is there.");

    internal static async Task<TestWatcher> StartAsync(PrivateBus on)
    {
        var watcher = new TestWatcher(await on.ConnectAsync());
        watcher._bus.Export("/StatusNotifierWatcher", watcher);
        watcher._bus.OnSignal(watcher.Signals.Enqueue);
        await watcher._bus.ListenToAsync("type='signal'", CancellationToken.None);
        await watcher._bus.CallBusAsync("RequestName", new BusBody("su", TrayHost.Watcher, 0u), CancellationToken.None);
        return watcher;
    }

    public BusBody Call(string? @interface, string member, object[] arguments)
    {
        if (member != "RegisterStatusNotifierItem")
            throw new BusException(BusException.UnknownMethod, member);
        Registered.Enqueue((string)arguments[0]);
        return BusBody.Empty;
    }

    internal Task HasItemAsync() => Until.TrueAsync(() => !Registered.IsEmpty, "the icon is announced");

    internal async Task<Dictionary<string, object>> PropertiesAsync() =>
        ((object[])(await CallAsync(StatusNotifierItem.Path, BusProperties.Interface, "GetAll", new BusBody("s", StatusNotifierItem.Interface))).Values[0])
        .Cast<object[]>().ToDictionary(p => (string)p[0], p => p[1]);

    internal async Task<IReadOnlyList<TestMenuItem>> MenuAsync()
    {
        var layout = await CallAsync(TrayMenu.Path, TrayMenu.Interface, "GetLayout", new BusBody("iias", 0, -1, Array.Empty<object>()));
        return TestMenuItem.ChildrenOf((object[])layout.Values[1]);
    }

    internal Task MenuAsync(Func<IReadOnlyList<TestMenuItem>, bool> isSo) => Until.TrueAsync(async () => isSo(await MenuAsync()), "the menu is so");

    internal async Task ClickAsync(params string[] labels)
    {
        var (items, item) = (await MenuAsync(), (TestMenuItem?)null);
        foreach (var label in labels)
        {
            item = items.Single(i => i.Label == label);
            items = item.Children;
        }
        await CallAsync(TrayMenu.Path, TrayMenu.Interface, "Event", new BusBody("isvu", item!.Id, "clicked", new Variant("s", ""), 0u));
    }

    internal async Task<BusBody> CallAsync(string path, string @interface, string member, BusBody body) =>
        (await _bus.CallAsync(Item, path, @interface, member, body, CancellationToken.None)).Body;

    public ValueTask DisposeAsync() => _bus.DisposeAsync();
}

internal sealed record TestMenuItem(int Id, IReadOnlyDictionary<string, object> Properties, IReadOnlyList<TestMenuItem> Children)
{
    internal string? Label => Properties.GetValueOrDefault("label") as string;

    internal bool IsEnabled => Properties.GetValueOrDefault("enabled") is not false;

    internal bool IsVisible => Properties.GetValueOrDefault("visible") is not false;

    internal static IReadOnlyList<TestMenuItem> ChildrenOf(object[] node) => [.. ((object[])node[2]).Cast<object[]>().Select(Of)];

    private static TestMenuItem Of(object[] node) =>
        new((int)node[0], ((object[])node[1]).Cast<object[]>().ToDictionary(p => (string)p[0], p => p[1]), ChildrenOf(node));
}
