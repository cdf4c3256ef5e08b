using System.CommandLine;
using OpenShare.Agent;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;

namespace OpenShare.Cli.Commands;

internal sealed partial class PairCommand
{
    private sealed class Join : ShellCommand
    {
        private readonly Argument<string> _token = new("TOKEN|IMAGE") { Description = "The token as text, a file with it, a picture of its QR, or - for the standard input" };
        private readonly Option<bool> _yes = new("--yes") { Description = "Ask nothing. It vouches for nobody: a device that is not known here is refused then, except with --fingerprint" };
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
            var isAttended = run.Shell.IsInteractive && !run.Json && !run.Get(_yes);
            var request = new JoinRequest(token, run.Get(_fingerprint), run.Get(_name), isAttended);
            var joined = isAttended ? await JoinAsync(session, request, run) : await session.Client.JoinAsync(request, run.Interrupted);
            run.Answer(joined, AgentJson.Readable.JoinDocument, j =>
                Paired(j.SponsorName, j.Sponsor, j.ExpiresAt, j.Scope) + (session.IsHosted ? "\nStart its agent, so that others can reach it: openshare agent" : ""));
            return ExitCode.Done;
        }

        // While the order is carried out the person is asked what it needs of him, and nothing of an offer that came before it.
        private static async Task<JoinDocument> JoinAsync(AgentSession session, JoinRequest request, CommandRun run)
        {
            using var talk = await ComparisonTalk.BeginAsync(session.Client, run);
            var token = await session.Client.ReadTokenAsync(request.Token, run.Interrupted);
            run.Say("Reaching the other device…");
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(run.Interrupted);
            var following = talk.FollowAsync(c => c.Role == "new" && c.PeerId == token.Sponsor, ended.Token);
            try
            {
                return await session.Client.JoinAsync(request, run.Interrupted);
            }
            finally
            {
                await ended.CancelAsync();
                await following;
            }
        }
    }
}
