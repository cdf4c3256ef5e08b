namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>Where the built programs are: beside these tests, in the same configuration.</summary>
internal static class Checkout
{
    private static readonly string Configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    private static readonly string Artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));

    public static string OpenShare => Program("OpenShare.Cli", "openshare");

    public static string Server => Program("OpenShare.Registration", "openshare-server");

    public static string Relay => Program("OpenShare.Relay", "relay");

    private static string Program(string project, string name) => Path.Combine(Artifacts, "bin", project, Configuration, name + ".dll");
}
