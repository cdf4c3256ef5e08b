using System.Diagnostics;
using System.Globalization;
using OpenShare.Device.Tests.Support;

namespace OpenShare.Device.Tests.Discovery;

/// <summary>
/// Another host on a network of its own with this machine, whose discovery is Avahi: a network namespace at the far
/// end of a veth pair, with its own D-Bus. Nothing of the machine's own Avahi or D-Bus is touched.
/// </summary>
public sealed class AvahiHost : IDisposable
{
    public const string NearAddress = "10.207.53.1", FarAddress = "10.207.53.2", FarAddressV6 = "fd20:7535:3::2";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _running = [];
    private readonly string _namespace = string.Create(CultureInfo.InvariantCulture, $"openshare-avahi-{Environment.ProcessId}");
    private bool _isUp;

    /// <summary>This machine's interface to that network.</summary>
    public string Interface { get; } = string.Create(CultureInfo.InvariantCulture, $"oshv{Environment.ProcessId}");

    private string BusAddress => $"unix:path={_folder["bus"]}";

    /// <summary>Starts it, or skips the test where something is missing for it.</summary>
    public async Task NeedAsync()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "a network namespace for Avahi needs root");
        foreach (var tool in new[] { "avahi-daemon", "avahi-browse", "avahi-publish", "dbus-daemon", "ip", "unshare" })
            Skip.If(Find(tool) is null, $"{tool} is not installed");
        if (_isUp)
            return;
        Skip.IfNot(await RunAsync("ip", "netns", "add", _namespace) == 0, "network namespaces cannot be made here");
        _isUp = true;
        await MakeNetworkAsync();
        await StartDaemonsAsync();
    }

    /// <summary>What avahi-browse resolves of this type now, a line each.</summary>
    public async Task<List<string[]>> BrowseAsync(string type)
    {
        using var browse = Start("avahi-browse", "-r", "-t", "-p", type);
        var lines = await browse.StandardOutput.ReadToEndAsync();
        await browse.WaitForExitAsync();
        return [.. lines.Split('\n').Where(l => l.StartsWith('=')).Select(l => l.Split(';', 10))];
    }

    /// <summary>What it resolves once this holds of it.</summary>
    public async Task<List<string[]>> BrowseUntilAsync(string type, Func<List<string[]>, bool> holds)
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            var found = await BrowseAsync(type);
            if (holds(found))
                return found;
            Assert.True(started.Elapsed < Patience, $"Avahi found only {string.Join(" | ", found.Select(f => string.Join(';', f)))}\n{File.ReadAllText(_folder["avahi.log"])}");
        }
    }

    /// <summary>Announces a service until the process is killed.</summary>
    public async Task<Process> PublishAsync(string name, string type, int port, params string[] text)
    {
        var publish = Start("avahi-publish", ["-s", name, type, port.ToString(CultureInfo.InvariantCulture), .. text]);
        _running.Add(publish);
        Assert.Contains("Established", await publish.StandardError.ReadLineAsync().WaitAsync(Patience), StringComparison.Ordinal);
        return publish;
    }

    public void Dispose()
    {
        foreach (var process in _running.AsEnumerable().Reverse())
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        if (_isUp)
        {
            // The pair goes with its far end.
            RunAsync("ip", "netns", "delete", _namespace).Wait(Patience);
            RunAsync("ip", "link", "delete", Interface).Wait(Patience);
        }
        _folder.Dispose();
    }

    private async Task MakeNetworkAsync()
    {
        await MustAsync("ip", "link", "add", Interface, "type", "veth", "peer", "name", "eth0", "netns", _namespace);
        // Addresses that are still being checked for duplicates cannot be sent from.
        await MustAsync("sh", "-c", $"echo 0 >/proc/sys/net/ipv6/conf/{Interface}/accept_dad");
        await MustAsync("ip", "netns", "exec", _namespace, "sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad");
        await MustAsync("ip", "addr", "add", $"{NearAddress}/24", "dev", Interface);
        await MustAsync("ip", "addr", "add", "fd20:7535:3::1/64", "dev", Interface, "nodad");
        await MustAsync("ip", "link", "set", Interface, "up");
        await MustAsync("ip", "-n", _namespace, "addr", "add", $"{FarAddress}/24", "dev", "eth0");
        await MustAsync("ip", "-n", _namespace, "addr", "add", $"{FarAddressV6}/64", "dev", "eth0", "nodad");
        await MustAsync("ip", "-n", _namespace, "link", "set", "eth0", "up");
    }

    private async Task StartDaemonsAsync()
    {
        File.WriteAllText(_folder["dbus.conf"], $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <listen>{BusAddress}</listen>
              <policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy>
            </busconfig>
            """);
        File.WriteAllText(_folder["avahi.conf"], """
            [server]
            host-name=avahi-host
            use-ipv4=yes
            use-ipv6=yes
            allow-interfaces=eth0
            [wide-area]
            enable-wide-area=no
            [publish]
            publish-workstation=no
            """);
        _running.Add(Start("dbus-daemon", $"--config-file={_folder["dbus.conf"]}", "--nofork", "--nopidfile"));
        // A private /run: Avahi writes its pid and socket there, and so does the machine's own.
        _running.Add(Start(
            "ip", "netns", "exec", _namespace, "unshare", "-m", "sh", "-c",
            $"mount -t tmpfs tmpfs /run && mkdir /run/avahi-daemon && until [ -S {_folder["bus"]} ]; do sleep 0.05; done && "
            + $"exec avahi-daemon -f {_folder["avahi.conf"]} --no-drop-root --no-chroot --no-rlimits >{_folder["avahi.log"]} 2>&1"));
        var started = Stopwatch.StartNew();
        while (await RunAsync("avahi-browse", "-t", "_openshare._tcp") != 0)
            Assert.True(started.Elapsed < Patience, "Avahi did not start.");
    }

    private static async Task MustAsync(string command, params string[] arguments) =>
        Assert.True(await RunAsync(command, null, arguments) == 0, $"{command} {string.Join(' ', arguments)} failed");

    private Task<int> RunAsync(string command, params string[] arguments) => RunAsync(command, BusAddress, arguments);

    private static async Task<int> RunAsync(string command, string? bus, string[] arguments)
    {
        using var process = Process.Start(Info(command, bus, arguments))!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private Process Start(string command, params string[] arguments) => Process.Start(Info(command, BusAddress, arguments))!;

    private static ProcessStartInfo Info(string command, string? bus, string[] arguments) => new(Find(command) ?? command, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["DBUS_SYSTEM_BUS_ADDRESS"] = bus, ["LC_ALL"] = "C.UTF-8" },
    };

    private static string? Find(string tool) =>
        new[] { "/usr/bin", "/usr/sbin", "/bin", "/sbin" }.Select(d => Path.Combine(d, tool)).FirstOrDefault(File.Exists);
}
