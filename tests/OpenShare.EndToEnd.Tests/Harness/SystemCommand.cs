using System.Diagnostics;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>What the system's own commands do for a test.</summary>
internal static class SystemCommand
{
    /// <returns>whether it ended with 0; what it says is of no interest</returns>
    public static async Task<bool> SucceedsAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
