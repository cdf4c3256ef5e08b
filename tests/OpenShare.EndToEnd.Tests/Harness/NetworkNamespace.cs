using System.Runtime.InteropServices;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>A network of its own on this machine (ip-netns(8)).</summary>
internal static partial class NetworkNamespace
{
    // CLONE_NEWNET
    private const int Network = 0x40000000;

    /// <returns>false: none can be made here</returns>
    // The first one after a boot mounts /run/netns. Of two that do so at once one fails, and is good a moment later.
    public static async Task<bool> AddAsync(string name) =>
        await SystemCommand.SucceedsAsync("ip", "netns", "add", name) || await SystemCommand.SucceedsAsync("ip", "netns", "add", name);

    /// <summary>Moves the calling thread there. It must end there: a thread of the pool would take others along.</summary>
    public static void Enter(string name)
    {
        using var file = File.OpenHandle($"/run/netns/{name}");
        if (SetNamespace((int)file.DangerousGetHandle(), Network) != 0)
            throw new InvalidOperationException($"setns: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
