using OpenShare.Agent.Tests;

/// <summary>
/// The runtime calls this at the start of a process that was given this assembly in DOTNET_STARTUP_HOOKS: it notes
/// at the end which assemblies the process had loaded.
/// </summary>
#pragma warning disable CA1050 // The runtime looks for this very name, without a namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(StartUpTests.LoadedFile) is { } file)
            AppDomain.CurrentDomain.ProcessExit += (_, _) => File.WriteAllLines(file, AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetName().Name!));
    }
}
