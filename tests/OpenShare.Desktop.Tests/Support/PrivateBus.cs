using System.Diagnostics;
using OpenShare.Agent.Browsing;
using OpenShare.Agent.Tests.Support;
using OpenShare.Desktop.Linux.Bus;

namespace OpenShare.Desktop.Tests.Support;

/// <summary>A session bus of the test's own: the real dbus-daemon, which hangs up on whoever speaks it wrongly.</summary>
internal sealed class PrivateBus : IAsyncDisposable
{
    private readonly TestHome _home;
    private readonly Process _daemon;

    private PrivateBus(TestHome home, Process daemon, string address) => (_home, _daemon, Address) = (home, daemon, address);

    internal string Address { get; }

    /// <summary>A home of the bus's own, as variables of the environment.</summary>
    internal IReadOnlyDictionary<string, string> Environment => Places(_home);

    internal static async Task<PrivateBus> StartAsync()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Linux alone");
        Skip.IfNot(Has("dbus-daemon"), "dbus-daemon is not here (Debian: dbus)");
        var home = new TestHome();
        var start = new ProcessStartInfo("dbus-daemon", ["--session", "--nofork", "--nopidfile", "--print-address"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What it starts by itself is to leave the tester's own settings alone.
        foreach (var (name, value) in Places(home))
            start.Environment[name] = value;
        var daemon = Process.Start(start)!;
        return new PrivateBus(home, daemon, (await daemon.StandardOutput.ReadLineAsync().WaitAsync(Until.Deadline))!.Trim());
    }

    internal Task<BusConnection> ConnectAsync() => BusConnection.OpenAsync(Address, CancellationToken.None);

    /// <summary>As another program calls it, which learnt D-Bus elsewhere.</summary>
    internal async Task<string> DbusSendAsync(string destination, string path, string method, params string[] arguments)
    {
        Skip.IfNot(Has("dbus-send"), "dbus-send is not here (Debian: dbus-bin)");
        using var send = Process.Start(new ProcessStartInfo("dbus-send", [$"--bus={Address}", "--print-reply", $"--dest={destination}", path, method, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var texts = await Task.WhenAll(send.StandardOutput.ReadToEndAsync(), send.StandardError.ReadToEndAsync()).WaitAsync(Until.Deadline);
        return string.Concat(texts);
    }

    public async ValueTask DisposeAsync()
    {
        _daemon.Kill();
        await _daemon.WaitForExitAsync();
        _daemon.Dispose();
        // What the bus has started by itself ends after it, and may write until then.
        for (var until = System.Environment.TickCount64 + (long)Until.Deadline.TotalMilliseconds; ; await Task.Delay(50))
            try
            {
                _home.Dispose();
                return;
            }
            catch (IOException) when (System.Environment.TickCount64 < until)
            {
            }
    }

    private static Dictionary<string, string> Places(TestHome home) => new()
    {
        ["HOME"] = home.Root, ["XDG_CONFIG_HOME"] = Path.Combine(home.Root, "config"), ["XDG_CACHE_HOME"] = Path.Combine(home.Root, "cache"), ["XDG_RUNTIME_DIR"] = home.Root,
    };

    internal static bool Has(string program) => SystemProgram.Find(program) is not null;
}
