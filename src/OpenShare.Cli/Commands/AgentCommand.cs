using System.CommandLine;
using System.Globalization;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

internal sealed class AgentCommand : ShellCommand
{
    private readonly Option<string?> _accept = new("--accept") { Description = "Whose files to take: own (devices of the account; the default), ask (you, each time) or none", HelpName = "own|ask|none" };
    private readonly Option<string?> _saveTo = new("--save-to") { Description = "Where received files go (default: OpenShare among the downloads)", HelpName = "DIR" };
    private readonly Option<string?> _overwrite = new("--overwrite") { Description = "Whether files that are there may be replaced where their sender wishes it: yes (the default) or no", HelpName = "yes|no" };
    private readonly Option<string?> _provisionalLimit = new("--provisional-limit") { Description = "How much a device that was paired, and is not registered yet, may send at once, such as 500M (default: no limit)", HelpName = "SIZE" };
    private readonly Option<string?> _provisionalTo = new("--provisional-to") { Description = "Where what such devices send goes (default: where all else does)", HelpName = "DIR" };
    private readonly Option<string?> _staleList = new("--stale-list") { Description = "Under a list of revoked devices that is past its time: warn (the default) or refuse to speak with other devices", HelpName = "warn|refuse" };
    private readonly Option<string?> _listen = new("--listen") { Description = "Where other devices connect to (default *:0, any free port)", HelpName = "HOST:PORT" };
    private readonly Option<int?> _advertisedPort = new("--advertised-port") { Description = "The port to announce, where another than the one listened on leads here", HelpName = "PORT" };
    private readonly Option<string[]> _interface = new("--interface") { Description = "Discover on this network interface only; may be given several times", HelpName = "NAME" };
    private readonly Option<string?> _passphraseFile = GlobalOptions.PassphraseFile();

    public AgentCommand(Shell shell)
        : base("agent", "Run this device in the foreground: be found, receive, and serve the other commands", "openshare agent --save-to ~/Inbox --listen 0.0.0.0:4747", shell)
    {
        Options.Add(_accept);
        Options.Add(_saveTo);
        Options.Add(_overwrite);
        Options.Add(_provisionalLimit);
        Options.Add(_provisionalTo);
        Options.Add(_staleList);
        Options.Add(_listen);
        Options.Add(_advertisedPort);
        Options.Add(_interface);
        Options.Add(_passphraseFile);
    }

    protected override int InterruptedCode => ExitCode.Done;

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var interfaces = run.Get(_interface) ?? [];
        var options = run.Options(
            AgentReach.Network,
            quiet: false,
            (AgentSettings.Accept, run.Get(_accept)),
            (AgentSettings.SaveTo, run.Get(_saveTo)),
            (AgentSettings.Overwrite, run.Get(_overwrite)),
            (AgentSettings.ProvisionalLimit, run.Get(_provisionalLimit)),
            (AgentSettings.ProvisionalTo, run.Get(_provisionalTo)),
            (AgentSettings.StaleList, run.Get(_staleList)),
            (AgentSettings.Listen, run.Get(_listen)),
            (AgentSettings.AdvertisedPort, run.Get(_advertisedPort)?.ToString(CultureInfo.InvariantCulture)),
            (AgentSettings.Interfaces, interfaces.Length > 0 ? string.Join(',', interfaces) : null),
            (AgentSettings.PassphraseFile, run.Get(_passphraseFile))) with { ServesPages = true };

        await using var session = await run.Shell.Launcher().HostAsync(options, run.Interrupted);
        run.Answer(await session.Client.GetStatusAsync(run.Interrupted), AgentJson.Readable.StatusDocument, Ready);
        await run.Shell.Out.FlushAsync();

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(run.Interrupted, session.Stopped);
        await Task.Delay(Timeout.Infinite, ended.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        if (run.Interrupted.IsCancellationRequested)
            return ExitCode.Done;
        run.Warn("The device stopped by itself. Its log, with --verbose, says why.");
        return ExitCode.Failed;
    }

    private static string Ready(StatusDocument status)
    {
        var listening = status.Listening.Count > 0 ? $" listens on {string.Join(", ", status.Listening)}" : " runs";
        var receiving = status.Accept switch
        {
            "own" => $"receives into {status.SaveTo}",
            "ask" => $"asks before it receives into {status.SaveTo}",
            _ => "receives nothing",
        };
        var lines = new List<string> { $"{status.Name} ({Words.Short(status.DeviceId)}){listening} and {receiving}. Ctrl-C stops it." };
        if (status.AccountId is null)
            lines.Add("It is not registered yet. See: openshare register --help");
        lines.AddRange(status.Warnings.Select(warning => $"Warning: {warning}"));
        return string.Join('\n', lines);
    }
}
