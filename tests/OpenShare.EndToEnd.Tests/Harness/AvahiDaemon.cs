using System.Globalization;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>Avahi on a host of a <see cref="Lan"/>, with a D-Bus of its own: nothing of this machine's is touched.</summary>
internal sealed class AvahiDaemon : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<RunningProcess> _running = [];
    private readonly string[] _within;

    private AvahiDaemon(string[] within) => _within = within;

    private string BusAddress => $"unix:path={_folder["bus"]}";

    /// <summary>Starts it, or skips the test where something is missing for it.</summary>
    public static async Task<AvahiDaemon> StartAsync(Lan lan, string host)
    {
        foreach (var tool in (string[])["avahi-daemon", "avahi-browse", "avahi-publish", "dbus-daemon"])
            Skip.IfNot(await SystemCommand.SucceedsAsync("sh", "-c", $"command -v {tool}"), $"{tool} is not installed");
        var avahi = new AvahiDaemon(lan.Within(host));
        try
        {
            await avahi.StartAsync($"avahi-{host}");
            return avahi;
        }
        catch
        {
            avahi.Dispose();
            throw;
        }
    }

    /// <summary>What it resolves of this type once this holds of it: a line each, split at its semicolons.</summary>
    public async Task<List<string[]>> BrowseUntilAsync(string type, Func<List<string[]>, bool> holds)
    {
        var seen = "";
        return await Eventually.GetAsync($"avahi-browse shows {type} as expected, but {seen}", Patience.Short, async () =>
        {
            seen = (await RunAsync("avahi-browse", "-r", "-t", "-p", type)).EndedWith(0).Output;
            List<string[]> found = [.. seen.Split('\n').Where(l => l.StartsWith('=')).Select(l => l.Split(';', 10))];
            return holds(found) ? found : null;
        });
    }

    /// <summary>Announces a service until it is disposed.</summary>
    public async Task<RunningProcess> PublishAsync(string name, string type, int port, params string[] text)
    {
        var publish = Start("avahi-publish", ["-s", name, type, port.ToString(CultureInfo.InvariantCulture), .. text]);
        _running.Add(publish);
        await Eventually.TrueAsync($"it is announced: {publish}", Patience.Short, () => publish.Errors.Contains("Established", StringComparison.Ordinal));
        return publish;
    }

    public void Dispose()
    {
        foreach (var each in _running.AsEnumerable().Reverse())
            each.Dispose();
        _folder.Dispose();
    }

    private async Task StartAsync(string name)
    {
        File.WriteAllText(_folder["dbus.conf"], $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <listen>{BusAddress}</listen>
              <policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy>
            </busconfig>
            """);
        File.WriteAllText(_folder["avahi.conf"], $"""
            [server]
            host-name={name}
            use-ipv4=yes
            use-ipv6=yes
            [wide-area]
            enable-wide-area=no
            [publish]
            publish-workstation=no
            """);
        _running.Add(Start("dbus-daemon", $"--config-file={_folder["dbus.conf"]}", "--nofork", "--nopidfile"));
        // A private /run: Avahi writes its pid and socket there, and so do the machine's own and that of another host.
        _running.Add(Start(
            "unshare", "-m", "sh", "-c",
            $"mount -t tmpfs tmpfs /run && mkdir /run/avahi-daemon && until [ -S {_folder["bus"]} ]; do sleep 0.05; done && "
            + $"exec avahi-daemon -f {_folder["avahi.conf"]} --no-drop-root --no-chroot --no-rlimits"));
        await Eventually.TrueAsync($"Avahi starts: {_running[^1]}", Patience.Short, async () => (await RunAsync("avahi-browse", "-t", "_openshare._tcp")).Code == 0);
    }

    private async Task<CommandResult> RunAsync(params string[] command)
    {
        using var process = Start(command[0], command[1..]);
        return await process.EndAsync();
    }

    private RunningProcess Start(string program, params string[] arguments) => RunningProcess.Start(
        program, arguments, new Dictionary<string, string> { ["DBUS_SYSTEM_BUS_ADDRESS"] = BusAddress, ["LC_ALL"] = "C.UTF-8" }, _within);
}
