using System.CommandLine;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

internal sealed class TransfersCommand : ShellCommand
{
    private readonly Option<bool> _watch = new("--watch") { Description = "Go on, and show each transfer again whenever it changes" };

    public TransfersCommand(Shell shell) : base("transfers", "Show what was and is sent and received, newest first", "openshare transfers --watch --json", shell) =>
        Options.Add(_watch);

    protected override int InterruptedCode => ExitCode.Done;

    protected override async Task<int> RunAsync(CommandRun run)
    {
        await using var session = await run.OpenAsync(AgentReach.HomeOnly);
        if (run.Get(_watch))
        {
            await foreach (var transfer in session.Client.WatchTransfersAsync(run.Interrupted))
                run.Answer(transfer, AgentJson.Readable.TransferDocument, TransferText.Line);
            run.Warn("The agent has stopped.");
            return ExitCode.Failed;
        }
        run.Answer(await session.Client.GetTransfersAsync(run.Interrupted), AgentJson.Readable.Transfers, Text);
        return ExitCode.Done;
    }

    private static string Text(IReadOnlyList<TransferDocument> transfers) => transfers.Count == 0
        ? "Nothing was sent or received yet."
        : Columns.Of(["ID", "STATE", "", "DEVICE", "SIZE", "DONE", "WHAT"], transfers.Select(t => (string[])
            [Words.Short(t.TransferId), TransferText.State(t), t.Direction == "sending" ? "to" : "from", TransferText.Peer(t), Words.Bytes(t.BytesTotal), TransferText.Percent(t), t.Summary]));
}
