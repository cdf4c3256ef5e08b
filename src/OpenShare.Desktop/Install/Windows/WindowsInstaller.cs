using System.Diagnostics;
using System.Runtime.Versioning;

namespace OpenShare.Desktop.Install.Windows;

/// <summary>Three shortcuts: among what is started at login, among the programs, and in the menu "Send to".</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsInstaller(WindowsPlaces places, InstalledFiles files) : IInstaller
{
    public Task<string?> InstallAsync(IReadOnlyList<string> program, IReadOnlyList<string> options)
    {
        string[] run = [.. program.Skip(1), "run", .. options];
        Link(places.StartUp, program[0], run, "OpenShare: files between your devices");
        Link(places.Programs, program[0], [.. program.Skip(1), "open", .. options], "Files between your devices");
        // Explorer adds the paths of what was chosen; the two dashes keep them from being options.
        Link(places.SendTo, program[0], [.. program.Skip(1), "send", .. options, "--"], "Send with OpenShare");
        // One that runs already goes on, and this one waits for its end.
        Process.Start(new ProcessStartInfo(program[0], run) { UseShellExecute = false, CreateNoWindow = true })?.Dispose();
        files.Say("It runs, and will be started at each login.");
        return Task.FromResult<string?>(null);
    }

    public Task<string?> UninstallAsync()
    {
        foreach (var path in (string[])[places.StartUp, places.Programs, places.SendTo])
            files.Remove(path);
        files.Say("It is started at login no more. Where it runs, quit it at its icon.");
        return Task.FromResult<string?>(null);
    }

    private void Link(string path, string target, IEnumerable<string> arguments, string description)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ShellLink.Write(path, target, CommandLine.Of(arguments), description);
        files.Say($"Wrote {path}");
    }
}
