using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using OpenShare.Desktop.Install.Windows;

namespace OpenShare.Desktop.Windows;

/// <summary>Has Windows start this program again where it ended by its own fault, having run for a minute.</summary>
[SupportedOSPlatform("windows")]
internal static partial class CrashRestart
{
    // After a restart of Windows there is the shortcut among what is started at login.
    private const uint NotAfterReboot = 8;

    /// <param name="arguments">those to start it with</param>
    internal static void Ask(IEnumerable<string> arguments) => RegisterApplicationRestart(CommandLine.Of(arguments), NotAfterReboot);

    [LibraryImport("kernel32", StringMarshalling = StringMarshalling.Utf16)]
    private static partial int RegisterApplicationRestart(string arguments, uint flags);
}
