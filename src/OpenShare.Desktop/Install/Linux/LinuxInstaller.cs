using System.Xml;
using OpenShare.Agent.Browsing;

namespace OpenShare.Desktop.Install.Linux;

/// <summary>A user's unit of systemd, an entry among the programs, and "Send with OpenShare" in the file managers.</summary>
/// <param name="systemctl">with <c>--user</c></param>
internal sealed class LinuxInstaller(InstallPlaces places, RunSystemCommand systemctl, InstalledFiles files) : IInstaller
{
    public async Task<string?> InstallAsync(IReadOnlyList<string> program, IReadOnlyList<string> options)
    {
        var isNew = !File.Exists(places.Unit);
        var isChanged = files.Write(places.Unit, InstallFiles.Unit(program, options));
        files.Write(places.DesktopEntry, InstallFiles.DesktopEntry(program, options));
        files.Write(places.Icon, InstallFiles.Icon());
        InstallSending([.. program, "send", .. options]);
        // One that runs as it was written before is to run as it is written now.
        return await SystemctlAsync(isChanged && !isNew
            ? [["daemon-reload"], ["enable", InstallPlaces.UnitName], ["restart", InstallPlaces.UnitName]]
            : [["daemon-reload"], ["enable", "--now", InstallPlaces.UnitName]], "It runs, and will be started at each login.");
    }

    public async Task<string?> UninstallAsync()
    {
        var left = File.Exists(places.Unit) ? await SystemctlAsync([["disable", "--now", InstallPlaces.UnitName]], "It was stopped, and is started at login no more.") : null;
        if (new FileInfo(places.UnitLink).LinkTarget is { } target && Path.GetFullPath(target, Path.GetDirectoryName(places.UnitLink)!) == places.Unit)
            files.Remove(places.UnitLink);
        files.Remove(places.Unit);
        files.Remove(places.DesktopEntry);
        files.Remove(places.Icon);
        foreach (var path in places.Scripts.Append(places.ServiceMenu))
            files.Remove(path);
        if (File.Exists(places.ThunarActions))
            ChangeThunar(xml => ThunarActions.Without(xml!));
        if (left is null)
            await systemctl("daemon-reload");
        return left;
    }

    private void InstallSending(IReadOnlyList<string> send)
    {
        foreach (var path in places.Scripts)
            WriteProgram(path, FileManagerFiles.Script(send));
        // KDE takes none that might not be run.
        WriteProgram(places.ServiceMenu, FileManagerFiles.ServiceMenu(send));
        if (SystemProgram.Find("thunar") is not null)
            ChangeThunar(xml => ThunarActions.With(xml ?? (File.Exists(places.ThunarDefaults) ? File.ReadAllText(places.ThunarDefaults) : null), send));
    }

    // What cannot be read is the person's still, and left as it is.
    private void ChangeThunar(Func<string?, string?> change)
    {
        try
        {
            var xml = File.Exists(places.ThunarActions) ? File.ReadAllText(places.ThunarActions) : null;
            if (change(xml) is { } changed)
                files.Write(places.ThunarActions, changed);
        }
        catch (XmlException e)
        {
            files.Say($"Left as it was, since it cannot be understood: {places.ThunarActions}: {e.Message}");
        }
    }

    private void WriteProgram(string path, string text)
    {
        files.Write(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private async Task<string?> SystemctlAsync(string[][] calls, string done)
    {
        for (var at = 0; at < calls.Length; at++)
            if (await systemctl(calls[at]) is { } why)
                return $"systemctl --user {calls[at][0]} did not work: {why}. When you are logged in, type:\n  {string.Join("\n  ", calls[at..].Select(c => $"systemctl --user {string.Join(' ', c)}"))}";
        files.Say(done);
        return null;
    }
}
