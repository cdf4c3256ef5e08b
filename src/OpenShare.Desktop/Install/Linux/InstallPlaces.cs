namespace OpenShare.Desktop.Install.Linux;

/// <summary>The files that are installed for one person (XDG base directories).</summary>
/// <param name="Scripts">of Nautilus and Nemo</param>
/// <param name="ServiceMenu">of Dolphin</param>
/// <param name="ThunarActions">the person's own file, in which ours is one of several</param>
/// <param name="ThunarDefaults">what Thunar has while the person has no such file</param>
internal sealed record InstallPlaces(string Unit, string DesktopEntry, string Icon, IReadOnlyList<string> Scripts, string ServiceMenu, string ThunarActions, string ThunarDefaults)
{
    internal const string UnitName = "openshare.service";

    /// <summary>What <c>systemctl enable</c> makes.</summary>
    internal string UnitLink => Path.Combine(Path.GetDirectoryName(Unit)!, "default.target.wants", UnitName);

    /// <returns>null: there is no home directory</returns>
    internal static InstallPlaces? Of(IReadOnlyDictionary<string, string?> environment)
    {
        var config = Directory("XDG_CONFIG_HOME", ".config");
        var data = Directory("XDG_DATA_HOME", Path.Combine(".local", "share"));
        return config is null || data is null ? null : new InstallPlaces(
            Path.Combine(config, "systemd", "user", UnitName),
            Path.Combine(data, "applications", "openshare.desktop"),
            Path.Combine(data, "icons", "hicolor", "scalable", "apps", "openshare.svg"),
            [.. from manager in (string[])["nautilus", "nemo"] select Path.Combine(data, manager, "scripts", FileManagerFiles.Words)],
            Path.Combine(data, "kio", "servicemenus", "openshare.desktop"),
            Path.Combine(config, "Thunar", "uca.xml"),
            "/etc/xdg/Thunar/uca.xml");

        // A relative one is to be ignored, says the specification.
        string? Directory(string variable, string below) =>
            environment.GetValueOrDefault(variable) is { } set && Path.IsPathFullyQualified(set) ? set
            : environment.GetValueOrDefault("HOME") is { } home && Path.IsPathFullyQualified(home) ? Path.Combine(home, below)
            : null;
    }
}
