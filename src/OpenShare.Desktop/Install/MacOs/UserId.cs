using System.Runtime.InteropServices;

namespace OpenShare.Desktop.Install.MacOs;

internal static partial class UserId
{
    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint Effective();
}
