using System.CommandLine;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

internal sealed partial class PairCommand
{
    private sealed class Show : ShellCommand
    {
        private readonly Qr _qr = new("pairing-code.png");
        private readonly Option<string?> _passphraseFile = GlobalOptions.PassphraseFile();

        public Show(Shell shell) : base("show", "On the new device: show its code, and be seen on the network for ten minutes", "openshare pair show", shell)
        {
            Options.Add(_qr.Option);
            Options.Add(_passphraseFile);
        }

        protected override async Task<int> RunAsync(CommandRun run)
        {
            await using var session = await run.OpenAsync(AgentReach.HomeOnly, run.Get(_passphraseFile));
            using var talk = run.Shell.IsInteractive && !run.Json ? await ComparisonTalk.BeginAsync(session.Client, run) : null;
            var shown = await session.Client.AnnounceForPairingAsync(run.Interrupted);
            var (path, picture) = await _qr.DrawAsync(shown.Code, run);
            run.Answer(shown with { Qr = path }, AgentJson.Readable.PairingCodeDocument, s =>
                $"This device's code: {s.Code}\n\n{picture}\n\nOn a registered device: openshare pair invite {s.Code}\nThen here: openshare pair join TOKEN\n{Seen(s, session.IsHosted)}");
            return talk is not null && shown.AnnouncedUntil is not null ? await WaitAsync(talk, run) : ExitCode.Done;
        }

        private static string Seen(PairingCodeDocument shown, bool isHosted) =>
            shown.AnnouncedUntil is { } until ? $"\nIn the same network no code is needed: until {Words.Time(until)} a registered device finds this one with: openshare pair invite"
            : isHosted ? "\nIn the same network no code is needed where this device's agent runs: openshare agent"
            : "";

        // Whoever found this device on the network is answered here.
        private static Task<int> WaitAsync(ComparisonTalk talk, CommandRun run)
        {
            run.Say("Waiting for a registered device. Ctrl-C ends that; for a token: openshare pair join.");
            return EndAsync(
                talk, c => c.Role == "new", run, paired => Paired(paired.PeerName, paired.PeerId, paired.ExpiresAt!.Value, paired.Scope!), " Once more: openshare pair show");
        }
    }
}
