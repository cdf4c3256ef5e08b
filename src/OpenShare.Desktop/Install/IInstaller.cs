namespace OpenShare.Desktop.Install;

/// <summary>A start at login, and entries where the person looks for programs and sends files: made and removed, each time saying what was done.</summary>
internal interface IInstaller
{
    /// <param name="program">with the arguments that come before the command</param>
    /// <param name="options">of <c>run</c></param>
    /// <returns>what is left for the person to do; null: nothing</returns>
    Task<string?> InstallAsync(IReadOnlyList<string> program, IReadOnlyList<string> options);

    /// <returns>what is left for the person to do; null: nothing</returns>
    Task<string?> UninstallAsync();
}

internal static class Installers
{
    /// <returns>null: there is no place to install into</returns>
    internal static IInstaller? Here(IReadOnlyDictionary<string, string?> environment, Action<string> say)
    {
        var files = new InstalledFiles(say);
        if (OperatingSystem.IsWindows())
            return new Windows.WindowsInstaller(Windows.WindowsPlaces.Here(), files);
        if (OperatingSystem.IsMacOS())
            return environment.GetValueOrDefault("HOME") is { Length: > 0 } home ? new MacOs.MacInstaller(home, SystemCommand.For("launchctl"), files) : null;
        return Linux.InstallPlaces.Of(environment) is { } places ? new Linux.LinuxInstaller(places, SystemCommand.For("systemctl", "--user"), files) : null;
    }
}
