using System.Globalization;

namespace OpenShare.Desktop.Install.MacOs;

/// <summary>A launch agent of one person. Untested: nothing of this has run on macOS.</summary>
internal sealed class MacInstaller(string home, RunSystemCommand launchctl, InstalledFiles files) : IInstaller
{
    internal string Plist { get; } = Path.Combine(home, "Library", "LaunchAgents", LaunchAgent.Label + ".plist");

    public async Task<string?> InstallAsync(IReadOnlyList<string> program, IReadOnlyList<string> options)
    {
        files.Write(Plist, LaunchAgent.Of([.. program, "run", .. options]));
        // One that runs as it was written before is to run as it is written now.
        await launchctl("bootout", $"{Domain}/{LaunchAgent.Label}");
        if (await launchctl("bootstrap", Domain, Plist) is { } why)
            return $"launchctl did not work: {why}. When you are logged in, type:\n  launchctl bootstrap {Domain} '{Plist}'";
        files.Say("It runs, and will be started at each login.");
        return null;
    }

    public async Task<string?> UninstallAsync()
    {
        if (File.Exists(Plist) && await launchctl("bootout", $"{Domain}/{LaunchAgent.Label}") is null)
            files.Say("It was stopped.");
        files.Remove(Plist);
        return null;
    }

    private static string Domain { get; } = string.Create(CultureInfo.InvariantCulture, $"gui/{UserId.Effective()}");
}
