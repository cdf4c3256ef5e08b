using System.Runtime.InteropServices;
using OpenShare.Agent;
using OpenShare.Agent.Hosting;
using OpenShare.Desktop;
using OpenShare.Desktop.Windows;

if (OperatingSystem.IsWindows())
    ParentConsole.Attach();
using var interrupted = new CancellationTokenSource();
var signals = new List<PosixSignalRegistration>();
foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
    signals.Add(PosixSignalRegistration.Create(signal, context =>
    {
        // The second time it ends at once.
        context.Cancel = !interrupted.IsCancellationRequested;
        interrupted.Cancel();
    }));
try
{
    return await DesktopCommand.RunAsync(args, new DesktopShell(Console.Out, Console.Error, () => Launcher(interrupted.Token), AgentSettings.Environment, interrupted.Token));
}
finally
{
    signals.ForEach(s => s.Dispose());
}

// Asked for where this process is to stay.
static AgentLauncher Launcher(CancellationToken interrupted)
{
    // A program that begins anew would know nothing of it.
    if (!interrupted.IsCancellationRequested)
        LibraryHeaps.Settle();
    return AgentHosting.Launcher;
}
