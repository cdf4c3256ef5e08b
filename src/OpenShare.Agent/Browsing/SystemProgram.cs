namespace OpenShare.Agent.Browsing;

/// <summary>A program of the system's, where there is one.</summary>
public static class SystemProgram
{
    /// <returns>its whole path; null: it is not on the PATH</returns>
    /// <remarks>Process.Start would take one in the current directory, too.</remarks>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Where(Path.IsPathFullyQualified)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program))
        .FirstOrDefault(File.Exists);
}
