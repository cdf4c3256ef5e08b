using System.Runtime.InteropServices;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>What the world may do to a process.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

internal static partial class Signals
{
    public static void Send(int process, Signal signal) =>
        Assert.True(Kill(process, (int)signal) == 0, $"{signal} to process {process}: error {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
