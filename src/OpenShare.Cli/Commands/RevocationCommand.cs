using System.CommandLine;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

/// <summary>The organisation's list of revoked devices.</summary>
internal sealed class RevocationCommand : Command
{
    public RevocationCommand(Shell shell) : base("revocation", "Show or refresh the list of revoked devices")
    {
        Subcommands.Add(new Status(shell));
        Subcommands.Add(new Refresh(shell));
    }

    private static string Text(RevocationDocument list) => list.CrlVersion == 0
        ? "This device has no revocation list yet."
        : $"Version {list.CrlVersion} of {Words.Time(list.CrlIssuedAt)}, {Words.Count(list.RevokedDevices, "device", "devices")} revoked; next update by {Words.Time(list.CrlNextUpdate)}{(list.CrlStale ? " (stale)" : "")}; the server was last asked {Words.Time(list.CheckedAt)}.";

    private sealed class Status(Shell shell) : ShellCommand("status", "Show which revocation list this device has", "openshare revocation status --json", shell)
    {
        protected override async Task<int> RunAsync(CommandRun run)
        {
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            run.Answer(await session.Client.GetRevocationAsync(run.Interrupted), AgentJson.Readable.RevocationDocument, Text);
            return ExitCode.Done;
        }
    }

    private sealed class Refresh(Shell shell) : ShellCommand("refresh", "Ask the server for the newest revocation list now", "openshare revocation refresh", shell)
    {
        protected override async Task<int> RunAsync(CommandRun run)
        {
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            run.Answer(
                await session.Client.RefreshRevocationAsync(run.Interrupted), AgentJson.Readable.RevocationDocument,
                list => $"{(list.Changed == true ? "A newer list came." : "There is no newer list.")} {Text(list)}");
            return ExitCode.Done;
        }
    }
}
