using System.Diagnostics;
using OpenShare.Agent.Tests.Support;

namespace OpenShare.Desktop.Tests.Support;

/// <summary>A screen that nobody sees, with Xfce's panel and notifications on it.</summary>
internal sealed class Screen : IAsyncDisposable
{
    private const string Notifyd = "/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd";

    private const string PanelSettings = """
        <?xml version="1.0" encoding="UTF-8"?>
        <channel name="xfce4-panel" version="1.0">
          <property name="configver" type="int" value="2"/>
          <property name="panels" type="array"><value type="int" value="1"/>
            <property name="panel-1" type="empty">
              <property name="position" type="string" value="p=6;x=0;y=0"/>
              <property name="length" type="uint" value="100"/>
              <property name="position-locked" type="bool" value="true"/>
              <property name="size" type="uint" value="32"/>
              <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
            </property>
          </property>
          <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
        </channel>
        """;

    private readonly List<Process> _processes = [];
    private readonly Dictionary<string, string> _environment;
    private Process? _panel;

    private Screen(PrivateBus bus)
    {
        _environment = new Dictionary<string, string>(bus.Environment) { ["DBUS_SESSION_BUS_ADDRESS"] = bus.Address, ["NO_AT_BRIDGE"] = "1" };
        var settings = Path.Combine(_environment["XDG_CONFIG_HOME"], "xfce4", "xfconf", "xfce-perchannel-xml");
        Directory.CreateDirectory(settings);
        File.WriteAllText(Path.Combine(settings, "xfce4-panel.xml"), PanelSettings);
    }

    internal static void SkipUnlessHere()
    {
        foreach (var program in (string[])["Xvfb", "xfce4-panel", "xdotool"])
            Skip.IfNot(PrivateBus.Has(program), $"{program} is not here");
        Skip.IfNot(File.Exists(Notifyd), "xfce4-notifyd is not here");
    }

    internal static async Task<Screen> StartAsync(PrivateBus bus)
    {
        var screen = new Screen(bus);
        // It chooses a number that is free, and says it.
        var server = screen.Start("Xvfb", "-displayfd", "1", "-screen", "0", "800x500x24", "-nolisten", "tcp");
        screen._environment["DISPLAY"] = $":{(await server.StandardOutput.ReadLineAsync().WaitAsync(Until.Deadline))!.Trim()}";
        screen.Start(Notifyd);
        screen._panel = screen.StartPanel();
        return screen;
    }

    private Process StartPanel() => Start("xfce4-panel", "--disable-wm-check");

    internal async Task RestartPanelAsync()
    {
        _panel!.Kill();
        await _panel.WaitForExitAsync();
        _panel = StartPanel();
    }

    /// <summary>Clicks and keys, as a person makes them.</summary>
    internal async Task DoAsync(params string[] arguments)
    {
        using var xdotool = Process.Start(Of("xdotool", arguments))!;
        await xdotool.WaitForExitAsync().WaitAsync(Until.Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private Process Start(string program, params string[] arguments)
    {
        var process = Process.Start(Of(program, arguments))!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        _processes.Add(process);
        return process;
    }

    private ProcessStartInfo Of(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        return start;
    }
}
