using System.CommandLine;
using OpenShare.Agent.Browsing;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;

namespace OpenShare.Cli.Commands;

internal sealed class UiCommand : ShellCommand
{
    private readonly Option<bool> _print = new("--print") { Description = "Print the link, which is good once and for two minutes, and open nothing" };

    public UiCommand(Shell shell) : base("ui", "Open this device's page in the browser", "openshare ui", shell) => Options.Add(_print);

    protected override async Task<int> RunAsync(CommandRun run)
    {
        await using var session = await run.OpenAsync(AgentReach.HomeOnly);
        if (run.Get(_print) || run.Json)
        {
            run.Answer(await session.Client.GetUiLinkAsync(run.Interrupted), AgentJson.Readable.UiLinkDocument, l => l.Url);
            return ExitCode.Done;
        }
        if (await PageLink.TryOpenAsync(session.Client, run.Options(AgentReach.HomeOnly, quiet: true).Home, page: null, run.Interrupted))
        {
            run.Say("The page opens in the browser. If it does not: openshare ui --print");
            return ExitCode.Done;
        }
        run.Warn("There is no program here that opens a browser. With --print you get the link, to open it yourself.");
        return ExitCode.Failed;
    }
}
