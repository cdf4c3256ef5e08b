using System.Runtime.InteropServices;

namespace OpenShare.Agent.Hosting;

/// <summary>What this process runs. It goes on as another program in the same process, so that whoever signals, measures or waits for it notices nothing.</summary>
public static partial class ProcessImage
{
    /// <summary>Goes on as this program, with what <see cref="SetVariable"/> has set; returns only where it cannot.</summary>
    /// <param name="file">looked for on the PATH, if it is a name alone: the runtime may be installed anywhere</param>
    /// <returns>why not, for a person</returns>
    public static string Become(string file, IEnumerable<string> arguments)
    {
        _ = Execute(file, [file, .. arguments, null]);
        return Marshal.GetLastPInvokeErrorMessage();
    }

    /// <summary>Of the environment of the program to come. <see cref="Environment"/> changes a copy, of which that knows nothing.</summary>
    public static void SetVariable(string name, string value, bool overwrites) => _ = Set(name, value, overwrites ? 1 : 0);

    [LibraryImport("libc", EntryPoint = "execvp", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Execute(string file, string?[] arguments);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int overwrite);
}
