using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenShare.Agent;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

internal sealed class PeersCommand : ShellCommand
{
    /// <summary>What an agent that has just started needs to hear the others by multicast; as long again by broadcast and at their last addresses.</summary>
    private static readonly TimeSpan DiscoveryTime = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly Option<bool> _watch = new("--watch") { Description = "Go on, and show each device again whenever it changes" };
    private readonly Option<string?> _passphraseFile = GlobalOptions.PassphraseFile();

    public PeersCommand(Shell shell) : base("peers", "Show the other devices of the account", "openshare peers --watch", shell)
    {
        Options.Add(_watch);
        Options.Add(_passphraseFile);
        Subcommands.Add(new Resolve(shell));
        Subcommands.Add(new Accept(shell));
    }

    protected override int InterruptedCode => ExitCode.Done;

    protected override async Task<int> RunAsync(CommandRun run)
    {
        await using var session = await run.OpenAsync(AgentReach.Looking, run.Get(_passphraseFile));
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
        var peers = await session.Client.GetPeersAsync(run.Interrupted);
        for (var waited = TimeSpan.Zero; waited < DiscoveryTime && !peers.Any(IsSeen) && await IsSearching(session, run); waited += Pace)
        {
            await Task.Delay(Pace, run.Shell.Time, run.Interrupted);
            peers = await session.Client.GetPeersAsync(run.Interrupted);
        }
        run.Answer(peers, AgentJson.Readable.Peers, Text);
        foreach (var provisional in peers.Where(p => p.Trust == "provisional"))
            run.Warn($"{provisional.Name} was paired by another device and is not registered: its trust is provisional.");
        if (!peers.Any(IsSeen))
            run.Warn(Tried(await session.Client.GetStatusAsync(run.Interrupted), session.IsHosted));
        return ExitCode.Done;
    }

    // One that shows itself to be paired is none of the account.
    private static bool IsSeen(PeerDocument peer) => peer.Address is not null && peer.Trust != "unpaired";

    // An agent that has just started, or is in another network since a moment; of one of this command's own all ways have their time.
    private static async Task<bool> IsSearching(AgentSession session, CommandRun run) =>
        session.IsHosted || (await session.Client.GetStatusAsync(run.Interrupted)).Discovery.Any(r => r.State == "searching");

    private static string Text(IReadOnlyList<PeerDocument> peers) => peers.Count == 0
        ? "No other device of the account is known."
        : Columns.Of(["NAME", "ID", "ADDRESS", "TRUST", "FOUND BY", "AFTER"], peers.Select(p => (string[])
            [p.Name, Words.Short(p.DeviceId), p.Address ?? "-", p.Trust, p.FoundBy ?? "-", Latency(p)]));

    // What was tried so far, in the order in which one follows the other, and what is left to a person.
    private static string Tried(StatusDocument status, bool isHosted)
    {
        if (status.AccountId is null)
            return "Nobody is to be seen: this device is not registered, so it looks for nobody. See: openshare register --help; or, where no server is in reach, openshare pair show";
        var tried = status.Discovery.Where(r => r.State != "resting").Select(r => $"{Way(r.Way)}{(r.Interface is { } name ? $" on {name}" : "")}: {State(r.State)}").ToList();
        // This command's own device ends with it: nothing is to be sent there.
        var here = isHosted ? [] : status.Listening.Select(IPEndPoint.Parse).Where(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a.Address)).ToList();
        var came = tried.Count > 0 ? $"Tried {string.Join("; ", tried)}." : string.Join(' ', ["There is no network that it could look on.", .. status.Warnings]);
        return $"Nobody is to be seen. {came} Is OpenShare running there, in the same network? openshare doctor looks for what is wrong. "
            + $"A file reaches a device at a known address with: openshare send FILE --to HOST:PORT{(here.Count == 0 ? "" : $" (this device is at {string.Join(" and ", here)})")}"
            + (status.PairingOffered ? $". {PairOffer.Text}" : "");
    }

    private static string Way(string way) => way switch
    {
        "mdns" => "multicast",
        "last_known" => "the last known addresses",
        _ => way,
    };

    private static string State(string state) => state == "nobody" ? "no answer" : state;

    private static string Line(PeerDocument peer) => peer.Address is { } address
        ? $"{peer.Name} ({Words.Short(peer.DeviceId)}) at {address}, {peer.Trust}, found by {peer.FoundBy} after {Latency(peer)}"
        : $"{peer.Name} ({Words.Short(peer.DeviceId)}) is not to be seen, {peer.Trust}";

    private static string Latency(PeerDocument peer) =>
        peer.LatencyMs is { } latency ? latency.ToString(CultureInfo.InvariantCulture) + " ms" : "-";

    private sealed class Accept : ShellCommand
    {
        private readonly Argument<string> _device = new("DEVICE") { Description = "Its name, or the beginning of its id" };
        private readonly Argument<string> _answer = new("ANSWER") { Description = "always or never, without being asked; or ask: as the agent's --accept says", HelpName = "always|never|ask" };

        public Accept(Shell shell) : base("accept", "Decide once for all what a device sends here", "openshare peers accept laptop always", shell)
        {
            Arguments.Add(_device);
            Arguments.Add(_answer);
        }

        protected override async Task<int> RunAsync(CommandRun run)
        {
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            run.Answer(
                await session.Client.SetAcceptRuleAsync(run.Get(_device), run.Get(_answer), run.Interrupted), AgentJson.Readable.AcceptRuleDocument,
                rule => rule.Answer switch
                {
                    "always" => $"What {rule.Name} ({Words.Short(rule.DeviceId)}) sends is taken without asking.",
                    "never" => $"What {rule.Name} ({Words.Short(rule.DeviceId)}) sends is declined without asking.",
                    _ => $"There is no rule for {rule.Name} ({Words.Short(rule.DeviceId)}) any more.",
                });
            return ExitCode.Done;
        }
    }

    private sealed class Resolve : ShellCommand
    {
        private readonly Argument<string> _device = new("DEVICE") { Description = "Its name, or the beginning of its id" };

        public Resolve(Shell shell) : base(
            "resolve", "Refuse a device no longer whose key was in two places: after its copy was stopped or revoked", "openshare peers resolve laptop", shell) =>
            Arguments.Add(_device);

        protected override async Task<int> RunAsync(CommandRun run)
        {
            await using var session = await run.OpenAsync(AgentReach.Looking);
            run.Answer(
                await session.Client.ResolveDuplicateAsync(run.Get(_device), run.Interrupted), AgentJson.Readable.ResolvedDocument,
                resolved => $"{resolved.Name} ({Words.Short(resolved.DeviceId)}) is found at one place at most and is no longer refused.");
            return ExitCode.Done;
        }
    }
}
