namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>
/// Where the programs are: beside these tests, in the same configuration, as they were built with them; or as they were published
/// just before, where the environment says so.
/// </summary>
internal static class Checkout
{
    private static readonly string Configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    private static readonly string Artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));

    private static readonly string Programs = Environment.GetEnvironmentVariable("OPENSHARE_TESTS_PROGRAMS") ?? Built;

    private const string Built = "bin";

    /// <summary>The native one, where it was published beside the other.</summary>
    public static string OpenShare => IsNative ? NativeOpenShare : Program(Programs, "OpenShare.Cli", "openshare");

    public static bool IsNative => Programs != Built && File.Exists(NativeOpenShare);

    public static string Server => Program(Programs, "OpenShare.Registration", "openshare-server");

    public static string Relay => Program(Built, "OpenShare.Relay", "relay");

    private static string Program(string folder, string project, string name) => 
        Path.Combine(Artifacts, folder, project, folder == Built ? Configuration : Configuration + "_ahead", name + ".dll");

    private static string NativeOpenShare => Path.ChangeExtension(Program(Programs, "OpenShare.Cli", "openshare"), null);
}
