using System.CommandLine;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

/// <summary>Pairing a new device with one that is registered, with no server in reach.</summary>
internal sealed partial class PairCommand : Command
{
    public PairCommand(Shell shell) : base("pair", "Pair a new device with a registered one, with no server in reach")
    {
        Subcommands.Add(new Show(shell));
        Subcommands.Add(new Invite(shell));
        Subcommands.Add(new Join(shell));
        Subcommands.Add(new Withdraw(shell));
    }

    /// <summary>Shows a text as a QR: on a terminal, and as a picture under the home or where a person wants it.</summary>
    private sealed class Qr(string fileName)
    {
        private readonly Option<string?> _png = new("--png") { Description = $"Where to write the QR as a picture (default: {fileName} in the home)", HelpName = "FILE" };

        internal Option<string?> Option => _png;

        /// <returns>the picture's path, and what a person sees</returns>
        internal async Task<(string Path, string Text)> DrawAsync(string text, CommandRun run)
        {
            using var qr = new QrCode(text);
            var path = Path.GetFullPath(run.Get(_png) ?? Path.Combine(run.Options(AgentReach.HomeOnly, quiet: true).Home, fileName));
            try
            {
                await File.WriteAllBytesAsync(path, qr.Png(), run.Interrupted);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"The picture {path} cannot be written: {e.Message}");
            }
            return (path, $"{qr.Text(coloured: run.Shell.IsInteractive)}\n\nAs a picture: {path}{Narrow(qr, run)}");
        }

        private static string Narrow(QrCode qr, CommandRun run) =>
            run.Shell.IsInteractive && Console.WindowWidth < qr.Width ? $" (this window is {Console.WindowWidth} columns wide, and the QR needs {qr.Width})" : "";
    }

    private sealed class Show : ShellCommand
    {
        private readonly Qr _qr = new("pairing-code.png");
        private readonly Option<string?> _passphraseFile = GlobalOptions.PassphraseFile();

        public Show(Shell shell) : base("show", "On the new device: show its code, to be typed at a registered one", "openshare pair show", shell)
        {
            Options.Add(_qr.Option);
            Options.Add(_passphraseFile);
        }

        protected override async Task<int> RunAsync(CommandRun run)
        {
            await using var session = await run.OpenAsync(AgentReach.HomeOnly, run.Get(_passphraseFile));
            var shown = await session.Client.GetPairingCodeAsync(run.Interrupted);
            var (path, picture) = await _qr.DrawAsync(shown.Code, run);
            run.Answer(shown with { Qr = path }, AgentJson.Readable.PairingCodeDocument, s =>
                $"This device's code: {s.Code}\n\n{picture}\n\nOn a registered device: openshare pair invite {s.Code}\nThen here: openshare pair join TOKEN");
            return ExitCode.Done;
        }
    }

    private sealed class Invite : ShellCommand
    {
        private readonly Argument<string> _code = new("CODE") { Description = "What the new device shows with 'openshare pair show', or a picture of its QR" };
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
            var code = await TokenSource.ReadAsync(run.Get(_code), run);
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            var invitation = await session.Client.InviteAsync(new InviteRequest(code, run.Get(_onlyMe) ? "sponsor" : "account"), run.Interrupted);
            var (path, picture) = await _qr.DrawAsync(invitation.Token, run);
            run.Answer(invitation with { Qr = path }, AgentJson.Readable.InvitationDocument, i =>
                $"{picture}\n\nOn the new device, before {Words.Time(i.ExpiresAt)}, with the picture or with this token:\n  openshare pair join {i.Token}\n\n"
                + $"It will show a fingerprint, which must be this device's: {i.SponsorFingerprint}\n"
                + $"What it gets is provisional: for 7 days at most, {(i.Scope == "sponsor" ? "to speak with this device alone" : "among the devices of the account")}, and until you say: openshare pair withdraw DEVICE");
            return ExitCode.Done;
        }
    }

    private sealed class Withdraw : ShellCommand
    {
        private readonly Argument<string> _device = new("DEVICE") { Description = "Its name, or the beginning of its id" };

        public Withdraw(Shell shell) : base("withdraw", "Take back what a device was given that this one paired", "openshare pair withdraw tablet", shell) => Arguments.Add(_device);

        protected override async Task<int> RunAsync(CommandRun run)
        {
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            run.Answer(
                await session.Client.WithdrawAsync(run.Get(_device), run.Interrupted), AgentJson.Readable.WithdrawnDocument,
                w => $"{w.Name} ({Words.Short(w.DeviceId)}) is refused by this device from now on. Other devices of the account refuse it once they have met this one, or one that has heard of it.");
            return ExitCode.Done;
        }
    }
}
