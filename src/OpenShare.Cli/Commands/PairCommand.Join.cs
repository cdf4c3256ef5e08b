using System.CommandLine;
using OpenShare.Agent;
using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

internal sealed partial class PairCommand
{
    private sealed class Join : ShellCommand
    {
        private readonly Argument<string> _token = new("TOKEN|IMAGE") { Description = "The token as text, a file with it, a picture of its QR, or - for the standard input" };
        private readonly Option<bool> _yes = new("--yes") { Description = "Ask nothing. It vouches for nobody: a device that is not known here is refused then, but with --fingerprint" };
        private readonly Option<string?> _fingerprint = new("--fingerprint") { Description = "The fingerprint that the registered device shows on its own screen", HelpName = "HEX" };
        private readonly Option<string?> _name = new("--name") { Description = "This device's name (default: the machine's)", HelpName = "NAME" };
        private readonly Option<string?> _passphraseFile = GlobalOptions.PassphraseFile();

        public Join(Shell shell) : base("join", "On the new device: be paired, with a registered device's token", "openshare pair join invitation.png", shell)
        {
            Arguments.Add(_token);
            Options.Add(_yes);
            Options.Add(_fingerprint);
            Options.Add(_name);
            Options.Add(_passphraseFile);
        }

        protected override async Task<int> RunAsync(CommandRun run)
        {
            var token = await TokenSource.ReadAsync(run.Get(_token), run);
            await using var session = await run.OpenAsync(AgentReach.HomeOnly, run.Get(_passphraseFile));
            if (await JoinAsync(session, new JoinRequest(token, run.Get(_fingerprint), run.Get(_name)), run) is not { } joined)
            {
                run.Warn("Not paired: nobody has vouched for the other device. Nothing was sent to it.");
                return ExitCode.Cancelled;
            }
            run.Answer(joined, AgentJson.Readable.JoinDocument, j =>
                $"Paired by {j.SponsorName} ({Words.Short(j.Sponsor)}), provisionally until {Words.Time(j.ExpiresAt)}, {(j.Scope == "sponsor" ? $"to speak with {j.SponsorName} alone" : "to speak with the devices of the account")}.\n"
                + $"{j.SponsorName} can take that back. Register this device when the server is in reach: openshare register --help{(session.IsHosted ? "\nStart its agent, so that others can reach it: openshare agent" : "")}");
            return ExitCode.Done;
        }

        /// <returns>null: the person did not vouch for the sponsor</returns>
        private async Task<JoinDocument?> JoinAsync(AgentSession session, JoinRequest request, CommandRun run)
        {
            try
            {
                return await session.Client.JoinAsync(request, run.Interrupted);
            }
            catch (LocalApiException e) when (e.Code == ProblemCodes.SponsorUnknown && run.Shell.IsInteractive && !run.Json && !run.Get(_yes))
            {
                var shown = await session.Client.ReadTokenAsync(request.Token, run.Interrupted);
                return await IsVouchedForAsync(shown, run) ? await session.Client.JoinAsync(request with { Fingerprint = shown.SponsorFingerprint }, run.Interrupted) : null;
            }
        }

        // Whoever only presses Enter has compared nothing.
        private static async Task<bool> IsVouchedForAsync(TokenDocument shown, CommandRun run)
        {
            // First, since another program may come in this one's place here (FullProgram).
            using var input = new StreamReader(run.Shell.In());
            run.Say($"The invitation says that it is by {shown.SponsorName}, whose fingerprint is\n\n  {string.Join(' ', shown.SponsorFingerprint.Chunk(4).Select(c => new string(c)))}\n");
            run.Shell.Error.Write($"Does the screen of {shown.SponsorName} itself show the same? Type yes, or Enter for no: ");
            return (await input.ReadLineAsync(run.Interrupted).AsTask().WaitAsync(run.Interrupted))?.Trim().ToLowerInvariant() is "yes" or "y";
        }
    }
}
