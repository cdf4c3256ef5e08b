using System.Collections.Concurrent;
using System.Diagnostics;
using OpenShare.Agent.Browsing;
using OpenShare.Desktop.Linux.Bus;

namespace OpenShare.Desktop.Linux;

/// <summary>The desktop's own way to choose files: its portal's, or the program that its makers give scripts for that.</summary>
internal sealed class FileChooser
{
    internal const string Portal = "org.freedesktop.portal.Desktop";
    internal const string PortalPath = "/org/freedesktop/portal/desktop";
    internal const string Interface = "org.freedesktop.portal.FileChooser";
    internal const string Request = "org.freedesktop.portal.Request";

    /// <summary>A chooser that nobody answers.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly BusConnection _bus;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<BusMessage>> _open = new();
    private int _asked;
    private volatile bool _listens;

    internal FileChooser(BusConnection bus)
    {
        _bus = bus;
        bus.OnSignal(signal =>
        {
            if (signal is { Interface: Request, Member: "Response", Path: { } path } && _open.TryGetValue(path, out var answered))
                answered.TrySetResult(signal);
        });
    }

    /// <returns>absolute paths, none where the person wants none after all; null: nothing here shows a chooser</returns>
    internal async Task<IReadOnlyList<string>?> ChooseAsync(string title, CancellationToken cancellation)
    {
        try
        {
            return await AskPortalAsync(title, cancellation);
        }
        catch (BusException)
        {
            return await AskProgramAsync(title, cancellation);
        }
    }

    // The answer is a signal at an object whose path is known before it is asked: listened to first, it cannot come too early.
    private async Task<IReadOnlyList<string>> AskPortalAsync(string title, CancellationToken cancellation)
    {
        var token = $"openshare{Interlocked.Increment(ref _asked)}";
        var path = $"{PortalPath}/request/{_bus.UniqueName[1..].Replace('.', '_')}/{token}";
        var answered = new TaskCompletionSource<BusMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[path] = answered;
        try
        {
            return await AskPortalAsync(title, token, answered.Task, cancellation);
        }
        finally
        {
            _open.TryRemove(path, out _);
        }
    }

    private async Task<IReadOnlyList<string>> AskPortalAsync(string title, string token, Task<BusMessage> answered, CancellationToken cancellation)
    {
        if (!_listens)
            await _bus.ListenToAsync($"type='signal',sender='{Portal}',interface='{Request}',member='Response'", cancellation);
        _listens = true;
        var options = new object[] { new object[] { "handle_token", new Variant("s", token) }, new object[] { "multiple", new Variant("b", true) } };
        var portal = await _bus.CallAsync(Portal, PortalPath, Interface, "OpenFile", new BusBody("ssa{sv}", "", title, options), cancellation);
        var ended = await Task.WhenAny(answered, _bus.Ended).WaitAsync(Longest, cancellation);
        return ended == answered && answered.Result.Sender == portal.Sender && answered.Result.Body.Values is [0u, object[] results]
            && results.Cast<object[]>().FirstOrDefault(r => r[0] is "uris") is [_, object[] uris]
            ? [.. uris.Cast<string>().Where(u => u.StartsWith("file:///", StringComparison.Ordinal)).Select(u => new Uri(u).LocalPath)]
            : [];
    }

    private static async Task<IReadOnlyList<string>?> AskProgramAsync(string title, CancellationToken cancellation)
    {
        ProcessStartInfo? start = SystemProgram.Find("kdialog") is { } kdialog ? new(kdialog, ["--title", title, "--getopenfilename", "--multiple", "--separate-output"])
            : SystemProgram.Find("zenity") is { } zenity ? new(zenity, ["--file-selection", "--multiple", "--separator=\n", $"--title={title}"])
            : null;
        if (start is null)
            return null;
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var chosen = await process.StandardOutput.ReadToEndAsync(cancellation).WaitAsync(Longest, cancellation);
        return [.. chosen.Split('\n').Where(Path.IsPathFullyQualified)];
    }
}
