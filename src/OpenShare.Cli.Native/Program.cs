using OpenShare.Agent;
using OpenShare.Cli;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Native;

using var signals = new Signals();
Shell? shell = null;
var launcher = new AgentLauncher((_, cancellation) =>
{
    // Whoever has pressed Ctrl-C is not to press it again: what has begun is cancelled by the program that goes on with it.
    cancellation.ThrowIfCancellationRequested();
    return FullProgram.Become<Task<IHostedAgent>>(args, shell?.Begun, signals.Interrupted.IsCancellationRequested);
});
// What this program reads of the standard input is not there for the one that comes after.
shell = Shell.OfProcess(() => launcher, signals.Interrupted) with { In = () => FullProgram.Become<Stream>(args, shell?.Begun) };
return await OpenShareCommand.RunAsync(args, shell);
