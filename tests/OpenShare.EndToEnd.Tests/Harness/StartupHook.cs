/// <summary>The runtime calls this at the start of a process that was given this assembly in DOTNET_STARTUP_HOOKS: as soon as a file is there, nobody catches what is thrown.</summary>
#pragma warning disable CA1050 // The runtime looks for this very name, without a namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    internal const string CrashFile = "OPENSHARE_TESTS_CRASH";
    private static Timer? _timer;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(CrashFile) is { } file)
            _timer = new Timer(_ =>
            {
                if (!File.Exists(file))
                    return;
                File.Delete(file);
                throw new InvalidOperationException("thrown by a test");
            }, null, 50, 50);
    }
}
