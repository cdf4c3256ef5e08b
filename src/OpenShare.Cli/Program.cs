using OpenShare.Agent;
using OpenShare.Cli;
using OpenShare.Cli.Invocation;

using var signals = new Signals();
// A hundred kilobytes of framework load with the launcher: --help and --version do without it.
var shell = new Shell(Console.Out, Console.Error, ErrorIsTerminal: !Console.IsErrorRedirected, () => AgentLauncher.Real, TimeProvider.System, signals.Interrupted)
{
    IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected,
};
return await OpenShareCommand.RunAsync(args, shell);
