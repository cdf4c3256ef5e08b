using System.Diagnostics;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>A network namespace, made by ip-netns(8).</summary>
internal static class NewNamespace
{
    /// <returns>false: none can be made here</returns>
    // The first one after a boot mounts /run/netns. Of two that do so at once one fails, and is good a moment later.
    public static async Task<bool> AddAsync(string name) => await AddOnceAsync(name) || await AddOnceAsync(name);

    private static async Task<bool> AddOnceAsync(string name)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", ["netns", "add", name]) { RedirectStandardError = true });
        await ip!.WaitForExitAsync();
        return ip.ExitCode == 0;
    }
}
