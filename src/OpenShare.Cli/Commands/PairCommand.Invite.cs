using System.CommandLine;
using System.Globalization;
using OpenShare.Agent;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

internal sealed partial class PairCommand
{
    private sealed class Invite : ShellCommand
    {
        private static readonly TimeSpan LookFor = TimeSpan.FromSeconds(10);
        private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

        private readonly Argument<string?> _code = new("CODE|DEVICE|IMAGE")
        {
            Description = "What the new device shows with 'openshare pair show', or a picture of its QR; or its name, where it is seen on the network. Without it: choose from those that are seen",
            Arity = ArgumentArity.ZeroOrOne,
        };

        private readonly Option<bool> _onlyMe = new("--only-me") { Description = "The new device may speak with this one alone (default: with every device of the account)" };
        private readonly Qr _qr = new("pairing-invitation.png");

        public Invite(Shell shell) : base(
            "invite", "On a registered device: make a one-time token for a new one, good for five minutes", "openshare pair invite S081-KC47-B4P2-2TVX-GA4Y-5FT2", shell)
        {
            Arguments.Add(_code);
            Options.Add(_onlyMe);
            Options.Add(_qr.Option);
        }

        protected override async Task<int> RunAsync(CommandRun run)
        {
            var isAttended = run.Shell.IsInteractive && !run.Json;
            var given = run.Get(_code);
            if (given is null && !isAttended)
                throw new UsageException("Which device? Say its code (openshare pair show, on it) or its name, or choose at a terminal.");
            var code = given is null ? null : await TokenSource.ReadAsync(given, run);
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            using var talk = isAttended ? await ComparisonTalk.BeginAsync(session.Client, run) : null;
            if (code is null && (code = await ChooseAsync(session, talk!, run)) is null)
                return ExitCode.Cancelled;
            var invitation = await session.Client.InviteAsync(new InviteRequest(code, run.Get(_onlyMe) ? "sponsor" : "account", isAttended), run.Interrupted);
            if (invitation.OfferedTo is { } device)
            {
                run.Say("The new device was asked. Both screens will show a code: compare them.");
                return await FollowAsync(talk!, c => c.PeerId == device, run);
            }
            var (path, picture) = await _qr.DrawAsync(invitation.Token, run);
            run.Answer(invitation with { Qr = path }, AgentJson.Readable.InvitationDocument, i =>
                $"{picture}\n\nOn the new device, before {Words.Time(i.ExpiresAt)}, with the picture or with this token:\n  openshare pair join {i.Token}\n\n"
                + $"It will show a code of six digits, which must be the one that is shown here then; elsewhere than at a terminal: --fingerprint {i.SponsorFingerprint}\n"
                + $"What it gets is provisional: for 7 days at most, {(i.Scope == "sponsor" ? "to speak with this device alone" : "among the devices of the account")}, and until you say: openshare pair withdraw DEVICE");
            if (talk is null)
                return ExitCode.Done;
            run.Say("Waiting for it. Ctrl-C ends that, and the invitation stays good.");
            return await FollowAsync(talk, _ => true, run);
        }

        // At once where one is seen already; and a little while for one that has just begun to show itself.
        private static async Task<string?> ChooseAsync(AgentSession session, ComparisonTalk talk, CommandRun run)
        {
            List<PeerDocument> seen = [];
            run.Say("Looking for devices that show themselves to be paired…");
            for (var waited = TimeSpan.Zero; seen.Count == 0 && waited < LookFor; waited += Pace)
            {
                seen = [.. (await session.Client.GetPeersAsync(run.Interrupted)).Where(p => p.Trust == "unpaired")];
                if (seen.Count == 0)
                    await Task.Delay(Pace, run.Shell.Time, run.Interrupted);
            }
            if (seen.Count == 0)
            {
                run.Warn("None is seen. On the new device, in the same network and with its agent running: openshare pair show. Or type the code that it shows there: openshare pair invite CODE");
                return null;
            }
            run.Say(string.Join('\n', seen.Select((p, at) => $"  {at + 1}  {p.Name} ({Words.Short(p.DeviceId)}) at {p.Address}")));
            run.Shell.Error.Write($"Which one? Its number, or Enter for none: ");
            return int.TryParse((await talk.LineAsync(run.Interrupted))?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= seen.Count
                ? seen[number - 1].DeviceId
                : null;
        }

        private static Task<int> FollowAsync(ComparisonTalk talk, Func<ComparisonDocument, bool> isMeant, CommandRun run) => EndAsync(
            talk, c => c.Role == "sponsor" && isMeant(c), run,
            paired => $"Paired {paired.PeerName} ({Words.Short(paired.PeerId)}), provisionally until {Words.Time(paired.ExpiresAt!.Value)}. To take that back: openshare pair withdraw {Words.Short(paired.PeerId)}");
    }
}
