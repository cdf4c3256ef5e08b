using System.Diagnostics;
using OpenShare.Agent.Browsing;

namespace OpenShare.Desktop.Install;

/// <summary>Runs a program of the system's with these arguments.</summary>
/// <returns>null: it went well; else why not</returns>
internal delegate Task<string?> RunSystemCommand(params string[] arguments);

internal static class SystemCommand
{
    /// <param name="before">arguments that come before all others</param>
    internal static RunSystemCommand For(string name, params string[] before) => async arguments =>
    {
        if (SystemProgram.Find(name) is not { } program)
            return $"there is no {name} here";
        using var process = Process.Start(new ProcessStartInfo(program, [.. before, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await Task.WhenAll(process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : Plain.Line(said[0].Trim().Split('\n')[0] is { Length: > 0 } why ? why : $"it ended with {process.ExitCode}");
    };
}
