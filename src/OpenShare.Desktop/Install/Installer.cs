using System.Xml;
using OpenShare.Agent.Browsing;

namespace OpenShare.Desktop.Install;

/// <summary>Starts at login, and an entry among the programs: made and removed, each time saying what was done.</summary>
/// <param name="systemctl">runs it with these arguments; null: it went well; else why not</param>
internal sealed class Installer(InstallPlaces places, Func<string[], Task<string?>> systemctl, Action<string> say)
{
    /// <returns>what is left for the person to do; null: nothing</returns>
    internal async Task<string?> InstallAsync(IReadOnlyList<string> program, IReadOnlyList<string> options)
    {
        var isNew = !File.Exists(places.Unit);
        var isChanged = Write(places.Unit, InstallFiles.Unit(program, options));
        Write(places.DesktopEntry, InstallFiles.DesktopEntry(program, options));
        Write(places.Icon, InstallFiles.Icon());
        InstallSending([.. program, "send", .. options]);
        // One that runs as it was written before is to run as it is written now.
        return await SystemctlAsync(isChanged && !isNew
            ? [["daemon-reload"], ["enable", InstallPlaces.UnitName], ["restart", InstallPlaces.UnitName]]
            : [["daemon-reload"], ["enable", "--now", InstallPlaces.UnitName]], "It runs, and will be started at each login.");
    }

    /// <returns>what is left for the person to do; null: nothing</returns>
    internal async Task<string?> UninstallAsync()
    {
        var left = File.Exists(places.Unit) ? await SystemctlAsync([["disable", "--now", InstallPlaces.UnitName]], "It was stopped, and is started at login no more.") : null;
        if (new FileInfo(places.UnitLink).LinkTarget is { } target && Path.GetFullPath(target, Path.GetDirectoryName(places.UnitLink)!) == places.Unit)
            Remove(places.UnitLink);
        Remove(places.Unit);
        Remove(places.DesktopEntry);
        Remove(places.Icon);
        foreach (var path in places.Scripts.Append(places.ServiceMenu))
            Remove(path);
        if (File.Exists(places.ThunarActions))
            ChangeThunar(xml => ThunarActions.Without(xml!));
        if (left is null)
            await systemctl(["daemon-reload"]);
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
                Write(places.ThunarActions, changed);
        }
        catch (XmlException e)
        {
            say($"Left as it was, since it cannot be understood: {places.ThunarActions}: {e.Message}");
        }
    }

    private void WriteProgram(string path, string text)
    {
        Write(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    internal static async Task<string?> RunSystemctlAsync(string[] arguments)
    {
        if (SystemProgram.Find("systemctl") is not { } program)
            return "there is no systemctl here";
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, ["--user", .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await Task.WhenAll(process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : Plain.Line(said[0].Trim().Split('\n')[0] is { Length: > 0 } why ? why : $"it ended with {process.ExitCode}");
    }

    private async Task<string?> SystemctlAsync(string[][] calls, string done)
    {
        for (var at = 0; at < calls.Length; at++)
            if (await systemctl(calls[at]) is { } why)
                return $"systemctl --user {calls[at][0]} did not work: {why}. When you are logged in, type:\n  {string.Join("\n  ", calls[at..].Select(c => $"systemctl --user {string.Join(' ', c)}"))}";
        say(done);
        return null;
    }

    /// <returns>it was not so before</returns>
    private bool Write(string path, string text)
    {
        if (File.Exists(path) && File.ReadAllText(path) == text)
        {
            say($"Left as it was: {path}");
            return false;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Whole or not at all, and through a link: one of them is the person's own.
        if (new FileInfo(path) is { LinkTarget: not null } link)
            path = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        var fresh = path + ".new";
        File.WriteAllText(fresh, text);
        File.Move(fresh, path, overwrite: true);
        say($"Wrote {path}");
        return true;
    }

    private void Remove(string path)
    {
        // A link that leads nowhere is there, too.
        if (new FileInfo(path) is { Exists: false, LinkTarget: null })
        {
            say($"Was not there: {path}");
            return;
        }
        File.Delete(path);
        say($"Removed {path}");
    }
}
