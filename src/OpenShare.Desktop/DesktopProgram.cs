namespace OpenShare.Desktop;

/// <summary>This program, as another starts it.</summary>
internal static class DesktopProgram
{
    /// <summary>The whole path; before it dotnet's, where this is run by that.</summary>
    internal static IReadOnlyList<string> Command()
    {
        var process = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Path.Combine(AppContext.BaseDirectory, "openshare-desktop.dll")] : [process];
    }
}
