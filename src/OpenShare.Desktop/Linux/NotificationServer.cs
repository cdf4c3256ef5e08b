using System.Collections.Concurrent;
using OpenShare.Desktop.Linux.Bus;
using OpenShare.Desktop.Notifications;

namespace OpenShare.Desktop.Linux;

/// <summary>org.freedesktop.Notifications: notices are shown, and a person's answers come back.</summary>
internal sealed class NotificationServer
{
    internal const string Name = "org.freedesktop.Notifications";
    private const string Path = "/org/freedesktop/Notifications";
    private const byte Normal = 1, Critical = 2;

    private readonly BusConnection _bus;
    private readonly ConcurrentDictionary<(string Server, uint Id), Notice> _shown = new();
    private readonly Action<Notice, string> _answered;

    /// <param name="answered">a notice, and which of its actions</param>
    internal NotificationServer(BusConnection bus, Action<Notice, string> answered)
    {
        _bus = bus;
        _answered = answered;
    }

    /// <param name="came">a server is there that was not before</param>
    /// <param name="later">does what it is given after what is under way: an answer may come before it is known what it is about</param>
    internal async Task BeginAsync(Action came, Action<Action> later, CancellationToken cancellation)
    {
        _bus.OnSignal(signal =>
        {
            if (signal.Interface == Name)
                later(() => Told(signal));
        });
        await _bus.ListenToAsync($"type='signal',sender='{Name}',interface='{Name}'", cancellation);
        await _bus.WatchNameAsync(Name, came, cancellation);
    }

    /// <returns>false: nothing here shows notifications</returns>
    internal async Task<bool> ShowAsync(Notice notice, CancellationToken cancellation)
    {
        try
        {
            var capabilities = (object[])(await CallAsync("GetCapabilities", BusBody.Empty, cancellation)).Body.Values[0];
            var hasButtons = capabilities.Contains("actions");
            var body = hasButtons ? notice.Body : notice.BodyWithoutButtons;
            var hints = new object[]
            {
                new object[] { "urgency", new Variant("y", notice.IsUrgent ? Critical : Normal) },
                new object[] { "desktop-entry", new Variant("s", "openshare") },
            };
            var answer = await CallAsync("Notify", new BusBody("susssasa{sv}i",
                "OpenShare", 0u, "openshare", notice.Summary,
                capabilities.Contains("body-markup") ? Plain.Escaped(body) : body,
                hasButtons ? notice.Actions.SelectMany(a => new object[] { a.Id, a.Label }).ToArray() : [],
                hints, -1), cancellation);
            _shown[(answer.Sender ?? "", (uint)answer.Body.Values[0])] = notice;
            return true;
        }
        catch (BusException)
        {
            return false;
        }
    }

    internal async Task WithdrawAsync(string key, CancellationToken cancellation)
    {
        foreach (var (shown, _) in _shown.Where(s => s.Value.Key == key))
            if (_shown.TryRemove(shown, out _))
                try
                {
                    await CallAsync("CloseNotification", new BusBody("u", shown.Id), cancellation);
                }
                catch (BusException)
                {
                    // It was closed already, or its server is gone with it.
                }
    }

    private Task<BusMessage> CallAsync(string member, BusBody body, CancellationToken cancellation) => _bus.CallAsync(Name, Path, Name, member, body, cancellation);

    // Of the server that shows it alone: an answer is this person's.
    private void Told(BusMessage signal)
    {
        if (signal.Sender is not { } sender)
            return;
        if (signal is { Member: "ActionInvoked", Body.Values: [uint id, string action] } && _shown.TryGetValue((sender, id), out var notice) && notice.Actions.Any(a => a.Id == action))
            _answered(notice, action);
        else if (signal is { Member: "NotificationClosed", Body.Values: [uint closed, ..] })
            _shown.TryRemove((sender, closed), out _);
    }
}
