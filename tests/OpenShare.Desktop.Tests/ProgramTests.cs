using System.Diagnostics;
using System.Net.Sockets;
using OpenShare.Agent.Hosting;
using OpenShare.Agent.Tests.Support;
using OpenShare.Desktop.Install.Linux;

namespace OpenShare.Desktop.Tests;

/// <summary>The program itself, run in a home of the test's, with a systemctl and a browser of the test's.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly Dictionary<string, string?> _environment;

    public ProgramTests()
    {
        Directory.CreateDirectory(_home.Home);
        _environment = new() { ["HOME"] = _home.Home, ["XDG_CONFIG_HOME"] = null, ["XDG_DATA_HOME"] = null, ["OPENSHARE_HOME"] = null };
    }

    private string Unit => Path.Combine(_home.Home, ".config/systemd/user/openshare.service");

    private string Entry => Path.Combine(_home.Home, ".local/share/applications/openshare.desktop");

    private string Icon => Path.Combine(_home.Home, ".local/share/icons/hicolor/scalable/apps/openshare.svg");

    [SkippableFact]
    public async Task Install_writes_unit_entry_and_icon_and_starts_it_and_uninstall_takes_back_exactly_that()
    {
        PutSystemctl("exit 0");
        Directory.CreateDirectory(Path.GetDirectoryName(Unit)!);
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(Unit)!, "other.service"), "");

        var installed = await RunAsync(0, "install", "--accept", "ask", "--save-to", "/tmp/in box");
        Assert.Equal(6, installed.Split('\n').Count(l => l.StartsWith("Wrote ", StringComparison.Ordinal)));
        var unit = await File.ReadAllTextAsync(Unit);
        Assert.Contains("openshare-desktop.dll run --accept ask --save-to \"/tmp/in box\"\n", unit, StringComparison.Ordinal);
        Assert.Contains("Restart=on-failure", unit, StringComparison.Ordinal);
        Assert.Contains("WantedBy=default.target", unit, StringComparison.Ordinal);
        Assert.Contains("openshare-desktop.dll open --accept ask --save-to \"/tmp/in box\"\n", await File.ReadAllTextAsync(Entry), StringComparison.Ordinal);
        Assert.Contains("<svg", await File.ReadAllTextAsync(Icon), StringComparison.Ordinal);
        Assert.Equal(["--user daemon-reload", "--user enable --now openshare.service"], Called());

        var again = await RunAsync(0, "install", "--accept", "ask", "--save-to", "/tmp/in box");
        Assert.Equal(6, again.Split('\n').Count(l => l.StartsWith("Left as it was: ", StringComparison.Ordinal)));
        Called();
        await RunAsync(0, "install");
        Assert.Contains("--user restart openshare.service", Called());

        var removed = await RunAsync(0, "uninstall");
        Assert.Equal(6, removed.Split('\n').Count(l => l.StartsWith("Removed ", StringComparison.Ordinal)));
        Assert.Equal(["--user disable --now openshare.service", "--user daemon-reload"], Called());
        Assert.Equal(["other.service"], Directory.EnumerateFiles(_home.Home, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.Equal(6, (await RunAsync(0, "uninstall")).Split('\n').Count(l => l.StartsWith("Was not there: ", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task File_managers_are_given_a_program_that_hands_the_chosen_files_over_as_they_are()
    {
        PutSystemctl("exit 0");
        PutProgram("thunar", "exit 0");
        var (actions, script) = (Path.Combine(_home.Home, ".config/Thunar/uca.xml"), Path.Combine(_home.Home, ".local/share/nautilus/scripts/Send with OpenShare"));
        Directory.CreateDirectory(Path.GetDirectoryName(actions)!);
        await File.WriteAllTextAsync(actions, "<actions><action><name>Mine</name></action></actions>");

        await RunAsync(0, "install", "--home", "/tmp/it's");
        var said = File.ReadAllLines(script)[^1];
        Assert.EndsWith("openshare-desktop.dll' 'send' '--home' '/tmp/it'\\''s' -- \"$@\"", said, StringComparison.Ordinal);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute));
        Assert.Contains("<name>Mine</name>", await File.ReadAllTextAsync(actions), StringComparison.Ordinal);
        Assert.Contains("openshare-send", await File.ReadAllTextAsync(actions), StringComparison.Ordinal);

        await RunAsync(0, "uninstall");
        Assert.False(File.Exists(script));
        Assert.Contains("<name>Mine</name>", await File.ReadAllTextAsync(actions), StringComparison.Ordinal);
        Assert.DoesNotContain("openshare", await File.ReadAllTextAsync(actions), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Where_systemctl_fails_or_is_not_there_it_says_what_to_type()
    {
        PutSystemctl("[ \"$2\" = daemon-reload ] || { echo 'Failed to connect to bus' >&2; exit 1; }");
        var said = await RunAsync(1, "install");
        Assert.Contains("Failed to connect to bus", said, StringComparison.Ordinal);
        Assert.Contains("\n  systemctl --user enable --now openshare.service\n", said, StringComparison.Ordinal);
        // As it was typed.
        var link = Path.Combine(Path.GetDirectoryName(Unit)!, "default.target.wants/openshare.service");
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, Unit);

        _environment["PATH"] = Path.GetDirectoryName(Environment.ProcessPath!);
        Assert.Contains("there is no systemctl here", await RunAsync(1, "uninstall"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_home.Home, "openshare.*", SearchOption.AllDirectories));
        Assert.Contains("  systemctl --user daemon-reload\n", await RunAsync(1, "install"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_places_are_the_persons_own()
    {
        PutSystemctl("exit 0");
        _environment["XDG_CONFIG_HOME"] = Path.Combine(_home.Root, "config");
        _environment["XDG_DATA_HOME"] = "relative";

        await RunAsync(0, "install");

        Assert.True(File.Exists(Path.Combine(_home.Root, "config/systemd/user/openshare.service")));
        Assert.True(File.Exists(Entry));
        Assert.False(File.Exists(Unit));
    }

    [SkippableFact]
    public async Task What_would_not_start_is_not_installed()
    {
        PutSystemctl("exit 0");

        Assert.Contains("own, ask, none", await RunAsync(2, "install", "--accept", "everybody"), StringComparison.Ordinal);
        Assert.Contains("line break", await RunAsync(2, "install", "--home", "/tmp/a\nExecStartPre=b"), StringComparison.Ordinal);
        Assert.Contains("--help", await RunAsync(2, "instal"), StringComparison.Ordinal);

        Assert.False(File.Exists(Unit));
    }

    [Fact]
    public void Words_are_quoted_as_systemd_and_the_desktop_read_them()
    {
        const string odd = "/in \"b\\ox\" $HOME 100%";

        Assert.Contains("\nExecStart=:/bin/x run --home \"/in \\\"b\\\\ox\\\" $HOME 100%%\"\n", InstallFiles.Unit(["/bin/x"], ["--home", odd]), StringComparison.Ordinal);
        Assert.Contains("\nExec=/bin/x open --home \"/in \\\\\"b\\\\\\\\ox\\\\\" \\\\$HOME 100%%\"\n", InstallFiles.DesktopEntry(["/bin/x"], ["--home", odd]), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Open_leads_the_browser_to_the_page_of_the_agent_that_runs()
    {
        PutBrowser();
        var options = TestAgent.Options(Path.Combine(_home.Root, "device")) with { ServesPages = true };
        await using var agent = await AgentHosting.LauncherOf(new FakeDevice().Start).HostAsync(options, CancellationToken.None);

        await RunAsync(0, "open", "--home", options.Home);

        await Until.TrueAsync(() => File.Exists(Opened), "the browser is started");
        Assert.Contains("/open?key=", await File.ReadAllTextAsync(Opened), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Send_leads_the_browser_to_the_page_where_the_device_is_chosen()
    {
        PutBrowser();
        var options = TestAgent.Options(Path.Combine(_home.Root, "device")) with { ServesPages = true };
        await using var agent = await AgentHosting.LauncherOf(new FakeDevice().Start).HostAsync(options, CancellationToken.None);

        Assert.Contains("nowhere", await RunAsync(1, "send", "--home", options.Home, "--", "nowhere"), StringComparison.Ordinal);
        await RunAsync(0, "send", "--home", options.Home, "--", _home.Write("-odd name", ""));

        await Until.TrueAsync(() => File.Exists(Opened), "the browser is started");
        Assert.Matches("&amp;page=send-[a-z]{24}\"", await File.ReadAllTextAsync(Opened));
    }

    [SkippableFact]
    public async Task A_program_that_stays_has_one_heap_of_the_C_library_and_the_browser_has_its_own()
    {
        PutProgram("xdg-open", $"env >'{Opened}.new'\n/bin/mv '{Opened}.new' '{Opened}'");
        _environment["PATH"] += ":/usr/bin:/bin";
        _environment["MALLOC_TOP_PAD_"] = "4096";

        using var process = Start("open", "--home", Path.Combine(_home.Root, "it's a device"));
        try
        {
            await Until.TrueAsync(() => File.Exists(Opened), "it runs, with the same words, and opens its page");

            var begunWith = (await File.ReadAllTextAsync($"/proc/{process.Id}/environ")).Split('\0');
            Assert.Equal(["MALLOC_ARENA_MAX=1", "MALLOC_TOP_PAD_=4096"], begunWith.Where(v => v.StartsWith("MALLOC_ARENA", StringComparison.Ordinal) || v.StartsWith("MALLOC_TOP", StringComparison.Ordinal)).Order());
            Assert.Equal("MALLOC_TOP_PAD_=4096", Assert.Single(await File.ReadAllLinesAsync(Opened), v => v.StartsWith("MALLOC_", StringComparison.Ordinal)));
            Assert.True(Directory.Exists(Path.Combine(_home.Root, "it's a device")));
            using var tool = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await tool.ConnectAsync(new UnixDomainSocketEndPoint(Assert.Single(Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{process.Id}-*-socket"))));
        }
        finally
        {
            process.Kill();
        }
    }

    private string Opened => Path.Combine(_home.Root, "opened");

    // It keeps the page that it was given; whole, when it is there.
    private void PutBrowser() =>
        PutProgram("xdg-open", $"IFS= read -r page <\"${{1#file://}}\" || :\necho \"$page\" >'{Opened}.new'\n/bin/mv '{Opened}.new' '{Opened}'");

    private void PutSystemctl(string script) => PutProgram("systemctl", $"echo \"$*\" >>'{_home.Root}/called'\n{script}");

    private void PutProgram(string name, string script)
    {
        var file = _home.Write(name, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _environment["PATH"] = _home.Root;
    }

    private string[] Called()
    {
        var file = Path.Combine(_home.Root, "called");
        var lines = File.ReadAllLines(file);
        File.Delete(file);
        return lines;
    }

    /// <returns>all that it said</returns>
    private async Task<string> RunAsync(int exitCode, params string[] arguments)
    {
        using var process = Start(arguments);
        var said = string.Concat(await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).WaitAsync(Until.Deadline));
        Assert.True(process.WaitForExit(Until.Deadline));
        Assert.True(exitCode == process.ExitCode, $"ended with {process.ExitCode}: {said}");
        return said;
    }

    private Process Start(params string[] arguments)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Linux alone");
        var start = new ProcessStartInfo(Dotnet, [typeof(DesktopCommand).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static string Dotnet => Path.GetFileName(Environment.ProcessPath!) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    public void Dispose() => _home.Dispose();
}
