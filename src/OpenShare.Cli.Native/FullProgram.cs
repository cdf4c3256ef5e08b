using System.Diagnostics.CodeAnalysis;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;

namespace OpenShare.Cli.Native;

/// <summary>The whole of openshare, which can be a device of its own; it lies beside this program.</summary>
internal static class FullProgram
{
    /// <summary>Goes on as that program with the same arguments (<see cref="ProcessImage"/>). The standard input must not have been read yet.</summary>
    /// <param name="begun">what a send has begun (<see cref="Shell.Begun"/>)</param>
    /// <param name="isInterrupted">as if Ctrl-C had been pressed there</param>
    /// <exception cref="AgentStartException">it cannot be run, and why, for a person</exception>
    [DoesNotReturn]
    internal static T Become<T>(string[] args, string? begun, bool isInterrupted = false)
    {
        if (isInterrupted)
            ProcessImage.SetVariable(Signals.InterruptedVariable, "1", overwrites: true);
        if (begun is not null)
            ProcessImage.SetVariable(Shell.BegunVariable, begun, overwrites: true);
        if (args.Any(a => a is "agent" or "send"))
            LibraryHeaps.SetVariables();
        // Compiling well takes longer than what soon ends takes to run.
        else
            ProcessImage.SetVariable("DOTNET_TC_QuickJit", "1", overwrites: false);
        // A package brings the runtime along; what was published here takes that of the machine.
        var packaged = Path.Combine(AppContext.BaseDirectory, "openshare-full");
        if (File.Exists(packaged))
            throw Failed($"{packaged} cannot be run ({ProcessImage.Become(packaged, args)}).");
        var why = ProcessImage.Become("dotnet", [Path.Combine(AppContext.BaseDirectory, "openshare.dll"), .. args]);
        throw Failed($"dotnet cannot be run ({why}). Is the .NET runtime installed, and on the PATH?");

        static AgentStartException Failed(string what) => new($"No agent runs here, and this command cannot be one: {what}");
    }
}
