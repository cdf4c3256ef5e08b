using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;

namespace OpenShare.Cli.Native;

/// <summary>The whole of openshare, which can be a device of its own; it lies beside this program.</summary>
internal static partial class FullProgram
{
    // Compiling well takes longer than what soon ends takes to run.
    private static readonly (string Name, string Value)[] s_soonEnds = [("DOTNET_TC_QuickJit", "1")];

    // What stays has one heap of the GNU library, and not one for each thread, and what is freed of it goes back to the system: the compiler, the database and
    // keys leave megabytes. The library reads these once, before any of the program runs: mallopt(3) comes too late.
    private static readonly (string Name, string Value)[] s_stays =
        [("MALLOC_ARENA_MAX", "1"), ("MALLOC_MMAP_THRESHOLD_", "32768"), ("MALLOC_TRIM_THRESHOLD_", "65536"), ("MALLOC_TOP_PAD_", "16384")];

    /// <summary>
    /// Goes on as that program with the same arguments: in the same process, so that whoever signals, measures or waits for it
    /// notices nothing. The standard input must not have been read yet.
    /// </summary>
    /// <param name="begun">what a send has begun (<see cref="Shell.Begun"/>)</param>
    /// <exception cref="AgentStartException">it cannot be run, and why, for a person</exception>
    [DoesNotReturn]
    internal static T Become<T>(string[] args, string? begun)
    {
        if (begun is not null)
            SetVariable(Shell.BegunVariable, begun, overwrite: 1);
        foreach (var (name, value) in args.Any(a => a is "agent" or "send") ? s_stays : s_soonEnds)
            SetVariable(name, value, overwrite: 0);
        // A package brings the runtime along; what was published here takes that of the machine.
        var packaged = Path.Combine(AppContext.BaseDirectory, "openshare-full");
        if (File.Exists(packaged))
        {
            Execute(packaged, [packaged, .. args, null]);
            throw new AgentStartException($"No agent runs here, and this command cannot be one: {packaged} cannot be run ({Marshal.GetLastPInvokeErrorMessage()}).");
        }
        Execute("dotnet", ["dotnet", Path.Combine(AppContext.BaseDirectory, "openshare.dll"), .. args, null]);
        throw new AgentStartException($"No agent runs here, and this command cannot be one: dotnet cannot be run ({Marshal.GetLastPInvokeErrorMessage()}). Is the .NET runtime installed, and on the PATH?");
    }

    // Looked for on the PATH, as the runtime may be installed anywhere.
    [LibraryImport("libc", EntryPoint = "execvp", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Execute(string file, string?[] arguments);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
