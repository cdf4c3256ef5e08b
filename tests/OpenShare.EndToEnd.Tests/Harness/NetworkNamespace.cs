using System.Runtime.InteropServices;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>Moves the calling thread to another network. It must end there: a thread of the pool would take others along.</summary>
internal static partial class NetworkNamespace
{
    // CLONE_NEWNET
    private const int Network = 0x40000000;

    public static void Enter(string name)
    {
        using var file = File.OpenHandle($"/run/netns/{name}");
        if (SetNamespace((int)file.DangerousGetHandle(), Network) != 0)
            throw new InvalidOperationException($"setns: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
