using OpenShare.Agent.Hosting;
using OpenShare.Cli;
using OpenShare.Cli.Invocation;

using var signals = new Signals();
// A hundred kilobytes of framework load with the launcher: --help and --version do without it.
return await OpenShareCommand.RunAsync(args, Shell.OfProcess(() => AgentHosting.Launcher, signals.Interrupted));
