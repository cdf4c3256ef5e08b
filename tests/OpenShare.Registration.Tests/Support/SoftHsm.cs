using System.Diagnostics;
using System.Runtime.InteropServices;
using OpenShare.Registration.Keys;

namespace OpenShare.Registration.Tests.Support;

/// <summary>SoftHSM2 with tokens of these tests alone. It is one for the whole process, so its tests run one after another.</summary>
public sealed class SoftHsm : IDisposable
{
    public const string Pin = "1234";

    private static readonly string[] Modules = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"];

    private readonly TempDirectory _directory = new();
    private readonly string _tokens;
    private int _made;

    public SoftHsm()
    {
        _tokens = _directory.File("tokens");
        Directory.CreateDirectory(_tokens);
        File.WriteAllText(Configuration, $"directories.tokendir = {_tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n");
        File.WriteAllText(PinFile, Pin + "\n");
        // The platform keeps an environment of its own, which native code does not see.
        if (OperatingSystem.IsLinux())
            Assert.Equal(0, SetEnvironment("SOFTHSM2_CONF", Configuration, 1));
    }

    public static string Module => Modules.FirstOrDefault(File.Exists) ?? "";

    public string Configuration => _directory.File("softhsm2.conf");

    public string PinFile => _directory.File("pin");

    public static void Needed() => Skip.If(Module.Length == 0 || !File.Exists("/usr/bin/softhsm2-util"), "SoftHSM2 is not here (Debian: softhsm2)");

    /// <summary>A token that nobody has used.</summary>
    internal async Task<string> NewTokenAsync()
    {
        var name = $"token{++_made}";
        using var process = Process.Start(new ProcessStartInfo(
            "/usr/bin/softhsm2-util", ["--init-token", "--free", "--label", name, "--pin", Pin, "--so-pin", "56789"]) { RedirectStandardOutput = true, Environment = { ["SOFTHSM2_CONF"] = Configuration } })!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return name;
    }

    internal string Uri(string token, string? pinFile = null) => $"pkcs11:token={token}?module-path={Module}&pin-source=file:{pinFile ?? PinFile}";

    internal SigningKeyPlace Place(string token, string? pinFile = null) => SigningKeyPlace.Parse(Uri(token, pinFile));

    /// <summary>Takes all tokens away, as if they were pulled.</summary>
    internal void Pull()
    {
        Directory.Move(_tokens, _tokens + ".pulled");
        Directory.CreateDirectory(_tokens);
    }

    internal void PutBack()
    {
        Directory.Delete(_tokens);
        Directory.Move(_tokens + ".pulled", _tokens);
    }

    public void Dispose() => _directory.Dispose();

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetEnvironment(string name, string value, int overwrite);
}
