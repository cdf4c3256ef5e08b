using System.Reflection;

namespace OpenShare.Desktop.Install.Linux;

/// <summary>What is in the files. The program's words are quoted as each of their readers has it.</summary>
internal static class InstallFiles
{
    /// <param name="program">with the arguments that come before the command</param>
    /// <param name="options">of <c>run</c></param>
    internal static string Unit(IEnumerable<string> program, IEnumerable<string> options) =>
        $"""
        # Written by openshare-desktop install, and removed by openshare-desktop uninstall.
        [Unit]
        Description=OpenShare: files between your devices

        [Service]
        ExecStart=:{string.Join(' ', program.Append("run").Concat(options).Select(Systemd))}
        Restart=on-failure
        RestartSec=5

        [Install]
        WantedBy=default.target

        """;

    internal static string DesktopEntry(IEnumerable<string> program, IEnumerable<string> options) =>
        $"""
        [Desktop Entry]
        Type=Application
        Name=OpenShare
        Comment=Files between your devices
        Exec={Exec(program.Append("open").Concat(options))}
        Icon=openshare
        Categories=Network;FileTransfer;
        StartupNotify=false

        """;

    internal static string Icon()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("openshare.svg")!);
        return reader.ReadToEnd();
    }

    // With the colon before it, a dollar sign is one.
    private static string Systemd(string word) =>
        Quoted(word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal), word).Replace("%", "%%", StringComparison.Ordinal);

    /// <summary>A command as a desktop entry has it, without the codes for files.</summary>
    internal static string Exec(IEnumerable<string> words) => string.Join(' ', words.Select(Desktop));

    // Escaped twice: as a quoted argument, and as a string of the file.
    private static string Desktop(string word)
    {
        var argument = word;
        foreach (var special in (string[])["\\", "\"", "`", "$"])
            argument = argument.Replace(special, "\\" + special, StringComparison.Ordinal);
        return Quoted(argument, word).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal);
    }

    private static string Quoted(string escaped, string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-:*".Contains(c, StringComparison.Ordinal)) ? escaped : $"\"{escaped}\"";
}
