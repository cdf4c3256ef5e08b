namespace OpenShare.Desktop.Install;

/// <summary>The three files that are installed for one person (XDG base directories).</summary>
internal sealed record InstallPlaces(string Unit, string DesktopEntry, string Icon)
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
            Path.Combine(data, "icons", "hicolor", "scalable", "apps", "openshare.svg"));

        // A relative one is to be ignored, says the specification.
        string? Directory(string variable, string below) =>
            environment.GetValueOrDefault(variable) is { } set && Path.IsPathFullyQualified(set) ? set
            : environment.GetValueOrDefault("HOME") is { } home && Path.IsPathFullyQualified(home) ? Path.Combine(home, below)
            : null;
    }
}
