namespace OpenShare.Desktop.Install.Linux;

/// <summary>"Send with OpenShare" in the file managers that take a file for it. Thunar's is a part of a file (<see cref="ThunarActions"/>).</summary>
internal static class FileManagerFiles
{
    internal const string Words = "Send with OpenShare";

    /// <summary>Of Nautilus and Nemo, which give the chosen files as arguments.</summary>
    internal static string Script(IEnumerable<string> send) =>
        $"""
        #!/bin/sh
        # Written by openshare-desktop install, and removed by openshare-desktop uninstall.
        exec {string.Join(' ', send.Select(Shell))} -- "$@"

        """;

    /// <summary>Of Dolphin.</summary>
    internal static string ServiceMenu(IEnumerable<string> send) =>
        $"""
        [Desktop Entry]
        Type=Service
        MimeType=all/all;
        Actions=send;

        [Desktop Action send]
        Name={Words}
        Icon=openshare
        Exec={InstallFiles.Exec(send)} -- %F

        """;

    /// <summary>As a shell reads it: of a word between single quotes nothing is meant but itself.</summary>
    internal static string Shell(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
