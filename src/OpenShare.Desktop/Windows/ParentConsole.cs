using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace OpenShare.Desktop.Windows;

/// <summary>The console that this program was started from: Windows gives a program without a window of that kind none.</summary>
[SupportedOSPlatform("windows")]
internal static partial class ParentConsole
{
    private const uint OfParent = uint.MaxValue;

    /// <summary>Before anything is written. Without one, as at login, what is written goes nowhere.</summary>
    internal static void Attach() => AttachConsole(OfParent);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool AttachConsole(uint process);
}
