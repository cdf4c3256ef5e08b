using System.CommandLine;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Agent.Qr;
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

    /// <summary>Follows a pairing to its end, and says it.</summary>
    /// <param name="again">what to do after a refusal</param>
    private static async Task<int> EndAsync(ComparisonTalk talk, Func<ComparisonDocument, bool> isMeant, CommandRun run, Func<ComparisonDocument, string> paired, string again = "")
    {
        switch (await talk.FollowAsync(isMeant, run.Interrupted))
        {
            case { State: "paired" } ended:
                run.Say(paired(ended));
                return ExitCode.Done;
            case { } refused:
                run.Warn($"Not paired: {refused.Detail}{again}");
                return ExitCode.Cancelled;
            case null when run.Interrupted.IsCancellationRequested:
                return ExitCode.Done;
            default:
                run.Warn("The agent has stopped.");
                return ExitCode.Failed;
        }
    }

    // What the new device's person is told in the end, whichever way it came.
    private static string Paired(string sponsor, string sponsorId, DateTimeOffset until, string scope) =>
        $"Paired by {sponsor} ({Words.Short(sponsorId)}), provisionally until {Words.Time(until)}, {(scope == "sponsor" ? $"to speak with {sponsor} alone" : "to speak with the devices of the account")}.\n"
        + $"{sponsor} can take that back. Register this device when the server is in reach: openshare register --help";

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
