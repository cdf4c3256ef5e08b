using System.CommandLine;
using System.Globalization;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

internal sealed class PeersCommand : ShellCommand
{
    /// <summary>What an agent that has just started needs to hear the others, broadcast included.</summary>
    private static readonly TimeSpan DiscoveryTime = TimeSpan.FromSeconds(6);

    private readonly Option<bool> _watch = new("--watch") { Description = "Go on, and show each device again whenever it changes" };
    private readonly Option<string?> _passphraseFile = GlobalOptions.PassphraseFile();

    public PeersCommand(Shell shell) : base("peers", "Show the other devices of the account", "openshare peers --watch", shell)
    {
        Options.Add(_watch);
        Options.Add(_passphraseFile);
    }

    protected override int InterruptedCode => ExitCode.Done;

    protected override async Task<int> RunAsync(CommandRun run)
    {
        await using var session = await run.OpenAsync(AgentReach.Network, run.Get(_passphraseFile));
        if (run.Get(_watch))
        {
            await foreach (var peer in session.Client.WatchPeersAsync(run.Interrupted))
                run.Answer(peer, AgentJson.Readable.PeerDocument, Line);
            run.Warn("The agent has stopped.");
            return ExitCode.Failed;
        }
        if (session.IsHosted)
        {
            run.Warn("No agent is running here: looking around with one of this command's own for a few seconds.");
            await Task.Delay(DiscoveryTime, run.Shell.Time, run.Interrupted);
        }
        run.Answer(await session.Client.GetPeersAsync(run.Interrupted), AgentJson.Readable.Peers, Text);
        return ExitCode.Done;
    }

    private static string Text(IReadOnlyList<PeerDocument> peers) => peers.Count == 0
        ? "No other device of the account is to be seen."
        : Columns.Of(["NAME", "ID", "ADDRESS", "TRUST", "FOUND BY", "AFTER"], peers.Select(p => (string[])
            [p.Name, Words.Short(p.DeviceId), p.Address ?? "-", p.Trust, p.FoundBy ?? "-", Latency(p)]));

    private static string Line(PeerDocument peer) => peer.Address is { } address
        ? $"{peer.Name} ({Words.Short(peer.DeviceId)}) at {address}, {peer.Trust}, found by {peer.FoundBy} after {Latency(peer)}"
        : $"{peer.Name} ({Words.Short(peer.DeviceId)}) is not to be seen, {peer.Trust}";

    private static string Latency(PeerDocument peer) =>
        peer.LatencyMs is { } latency ? latency.ToString(CultureInfo.InvariantCulture) + " ms" : "-";
}
