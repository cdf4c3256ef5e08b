using System.CommandLine;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

internal sealed class DoctorCommand : ShellCommand
{
    private readonly Argument<string?> _device = new("DEVICE") { Description = "Look at this one only: its name, id, beginning of the id, or HOST:PORT", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _listen = new("--listen") { Description = "Where the agent is to listen, as it will be told (only where none runs)", HelpName = "HOST:PORT" };
    private readonly Option<string[]> _interface = new("--interface") { Description = "The interfaces the agent is to use, as it will be told (only where none runs)", HelpName = "NAME" };
    private readonly Option<string?> _passphraseFile = GlobalOptions.PassphraseFile();

    public DoctorCommand(Shell shell)
        : base("doctor", "Find out why another device is not seen or reached, and what mends it", "openshare doctor laptop", shell)
    {
        // No device's name begins so: it is a flag that is misspelled, or not there.
        _device.Validators.Add(device =>
        {
            if (device.Tokens.FirstOrDefault(t => t.Value.StartsWith('-')) is { } flag)
                device.AddError($"'{flag.Value}' is not known here.");
        });
        Arguments.Add(_device);
        Options.Add(_listen);
        Options.Add(_interface);
        Options.Add(_passphraseFile);
    }

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var interfaces = run.Get(_interface) ?? [];
        var options = run.Options(
            AgentReach.Diagnosis,
            quiet: true,
            (AgentSettings.Listen, run.Get(_listen)),
            (AgentSettings.Interfaces, interfaces.Length > 0 ? string.Join(',', interfaces) : null),
            (AgentSettings.PassphraseFile, run.Get(_passphraseFile)));
        await using var session = await run.Shell.Launcher().OpenAsync(options, run.Interrupted);
        if (session.IsHosted)
            run.Warn("No agent is running here: looking around with one of this command's own for a few seconds.");
        else if (interfaces.Length > 0 || run.Get(_listen) is not null)
            throw new UsageException("--listen and --interface are for where no agent runs. The one that runs here has its own: leave them out.");
        var report = await session.Client.DiagnoseAsync(run.Get(_device), run.Interrupted);
        run.Answer(report, AgentJson.Readable.DoctorDocument, DoctorText.Of);
        return report.Healthy ? ExitCode.Done : ExitCode.Failed;
    }
}
