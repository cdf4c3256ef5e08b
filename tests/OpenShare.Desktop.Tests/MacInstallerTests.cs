using System.Xml.Linq;
using OpenShare.Agent.Tests.Support;
using OpenShare.Desktop.Install;
using OpenShare.Desktop.Install.MacOs;

namespace OpenShare.Desktop.Tests;

public sealed class MacInstallerTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly List<string> _said = [];
    private readonly List<string> _called = [];
    private string? _launchctlSays;

    [SkippableFact]
    public async Task Launchd_is_told_to_start_it_at_login_and_again_where_it_failed()
    {
        Skip.If(OperatingSystem.IsWindows(), "paths of macOS");

        Assert.Null(await Installer().InstallAsync(["/Applications/Open & Share/openshare-desktop"], ["--home", "/in <a>"]));

        var dict = XDocument.Load(Plist).Root!.Element("dict")!.Elements().ToList();
        Assert.Equal("org.openshare.desktop", After("Label").Value);
        Assert.Equal(["/Applications/Open & Share/openshare-desktop", "run", "--home", "/in <a>"], After("ProgramArguments").Elements().Select(e => e.Value));
        Assert.Equal("true", After("RunAtLoad").Name.LocalName);
        Assert.Equal("<dict><key>SuccessfulExit</key><false /></dict>", After("KeepAlive").ToString(SaveOptions.DisableFormatting));
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\"", await File.ReadAllTextAsync(Plist), StringComparison.Ordinal);
        Assert.Matches($"^bootout gui/[0-9]+/org.openshare.desktop\nbootstrap gui/[0-9]+ {Plist}$", string.Join('\n', _called));

        XElement After(string key) => dict[dict.FindIndex(e => e.Name == "key" && e.Value == key) + 1];
    }

    [SkippableFact]
    public async Task Uninstalled_it_is_stopped_and_started_no_more()
    {
        Skip.If(OperatingSystem.IsWindows(), "paths of macOS");
        await Installer().InstallAsync(["/a"], []);

        Assert.Null(await Installer().UninstallAsync());

        Assert.False(File.Exists(Plist));
        Assert.StartsWith("bootout gui/", _called[^1], StringComparison.Ordinal);
        Assert.Equal(["It was stopped.", $"Removed {Plist}"], _said[^2..]);
    }

    [SkippableFact]
    public async Task Where_launchctl_fails_it_is_said_what_to_type()
    {
        Skip.If(OperatingSystem.IsWindows(), "paths of macOS");
        _launchctlSays = "no such domain";

        Assert.Matches("launchctl did not work: no such domain(?s:.*)\n  launchctl bootstrap gui/", await Installer().InstallAsync(["/a"], []));

        Assert.True(File.Exists(Plist));
    }

    public void Dispose() => _home.Dispose();

    private string Plist => Path.Combine(_home.Root, "Library/LaunchAgents/org.openshare.desktop.plist");

    private MacInstaller Installer() => new(_home.Root, arguments =>
    {
        _called.Add(string.Join(' ', arguments));
        return Task.FromResult(_launchctlSays);
    }, new InstalledFiles(_said.Add));
}
