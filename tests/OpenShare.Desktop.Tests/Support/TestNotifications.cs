using System.Collections.Concurrent;
using OpenShare.Agent.Tests.Support;
using OpenShare.Desktop.Linux;
using OpenShare.Desktop.Linux.Bus;

namespace OpenShare.Desktop.Tests.Support;

/// <summary>What shows notifications.</summary>
internal sealed class TestNotifications : IBusObject, IAsyncDisposable
{
    private const string Path = "/org/freedesktop/Notifications";
    private readonly BusConnection _bus;
    private uint _last = 40;

    private TestNotifications(BusConnection bus) => _bus = bus;

    internal ConcurrentQueue<ShownNotification> Shown { get; } = new();

    internal ConcurrentQueue<uint> Closed { get; } = new();

    private ManualResetEventSlim? _hanging;
    private string[] _capabilities = [];

    /// <param name="hanging">until it is set no call is answered</param>
    /// <param name="capabilities">what it can show beside words</param>
    internal static async Task<TestNotifications> StartAsync(PrivateBus on, ManualResetEventSlim? hanging = null, string capabilities = "body-markup actions")
    {
        var server = new TestNotifications(await on.ConnectAsync()) { _hanging = hanging, _capabilities = capabilities.Split(' ') };
        server._bus.Export(Path, server);
        await server._bus.CallBusAsync("RequestName", new BusBody("su", NotificationServer.Name, 0u), CancellationToken.None);
        return server;
    }

    public BusBody Call(string? @interface, string member, object[] arguments)
    {
        _hanging?.Wait();
        switch (member)
        {
            case "GetCapabilities":
                return new BusBody("as", new object[] { (object[])["body", .. _capabilities] });
            case "Notify":
                Shown.Enqueue(new ShownNotification(++_last, (string)arguments[3], (string)arguments[4], [.. ((object[])arguments[5]).Cast<string>()]));
                return new BusBody("u", _last);
            case "CloseNotification":
                Closed.Enqueue((uint)arguments[0]);
                return BusBody.Empty;
            default:
                throw new BusException(BusException.UnknownMethod, member);
        }
    }

    internal async Task<ShownNotification> ShownAsync(string summary)
    {
        await Until.TrueAsync(() => Shown.Any(s => s.Summary == summary), $"a notification: {summary}");
        return Shown.Single(s => s.Summary == summary);
    }

    /// <summary>The person clicks on it.</summary>
    internal Task ClickAsync(ShownNotification shown, string action) => ClickAsync(_bus, shown, action);

    internal static Task ClickAsync(BusConnection on, ShownNotification shown, string action) =>
        on.EmitAsync(Path, NotificationServer.Name, "ActionInvoked", new BusBody("us", shown.Id, action));

    public ValueTask DisposeAsync() => _bus.DisposeAsync();
}

internal sealed record ShownNotification(uint Id, string Summary, string Body, string[] Actions);
