using System.CommandLine;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

/// <summary>One transfer.</summary>
internal sealed class TransferCommand : Command
{
    public TransferCommand(Shell shell) : base("transfer", "Show one transfer, or accept or decline it, or have it wait, go on or end")
    {
        Subcommands.Add(new Show(shell));
        Subcommands.Add(new Answer(shell, isAccepted: true));
        Subcommands.Add(new Answer(shell, isAccepted: false));
        Subcommands.Add(new Pause(shell, isPaused: true));
        Subcommands.Add(new Pause(shell, isPaused: false));
        Subcommands.Add(new Cancel(shell));
    }

    internal static Argument<string> Id() => new("ID") { Description = "The transfer's id, or the beginning of it" };

    private sealed class Show : ShellCommand
    {
        private readonly Argument<string> _id = Id();

        public Show(Shell shell) : base("show", "Show one transfer", "openshare transfer show 3f9a", shell) => Arguments.Add(_id);

        protected override async Task<int> RunAsync(CommandRun run)
        {
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            var transfer = await session.Client.GetTransferAsync(run.Get(_id), run.Interrupted);
            transfer = transfer with
            {
                Manifest = run.Json ? await session.Client.FindManifestAsync(transfer.TransferId, run.Interrupted) : null,
                Files = run.Json
                    ? await session.Client.FindFilesAsync(transfer.TransferId, run.Interrupted)
                    : await session.Client.FindFilesUnderWayAsync(transfer.TransferId, TransferText.MostFiles, run.Interrupted),
            };
            if (transfer.Kind == "text" && await session.Client.FindTextAsync(transfer.TransferId, run.Interrupted) is { } text)
                transfer = transfer with { Text = text.Text, SavedAs = text.SavedAs };
            run.Answer(transfer, AgentJson.Readable.TransferDocument, TransferText.Full);
            return ExitCode.Done;
        }
    }

    private sealed class Answer : ShellCommand
    {
        private readonly Argument<string> _id = Id();
        private readonly Option<bool> _always;
        private readonly Option<string?> _saveTo = new("--save-to") { Description = "Where this one goes, not where the agent saves the others", HelpName = "DIR" };
        private readonly bool _isAccepted;

        public Answer(Shell shell, bool isAccepted) : base(
            isAccepted ? "accept" : "decline",
            isAccepted ? "Take a transfer that waits for your answer" : "Refuse a transfer that waits for your answer",
            $"openshare transfer {(isAccepted ? "accept" : "decline")} 3f9a", shell)
        {
            _isAccepted = isAccepted;
            _always = new("--always") { Description = $"And {(isAccepted ? "take" : "refuse")} whatever that device sends from now on, until: openshare peers accept DEVICE ask" };
            Arguments.Add(_id);
            Options.Add(_always);
            if (isAccepted)
                Options.Add(_saveTo);
        }

        protected override async Task<int> RunAsync(CommandRun run)
        {
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            var saveTo = _isAccepted && run.Get(_saveTo) is { Length: > 0 } directory ? Path.GetFullPath(directory) : null;
            var transfer = await session.Client.AnswerOfferAsync(run.Get(_id), _isAccepted, run.Get(_always), saveTo, run.Interrupted);
            run.Answer(transfer, AgentJson.Readable.TransferDocument, t =>
                $"The transfer {Words.Short(t.TransferId)} ({t.Summary}) from {TransferText.Peer(t)} is {(_isAccepted ? "accepted" : "declined")}.");
            if (session.IsHosted)
                run.Warn("No agent is running here: its sender hears of it from the next one, which is started by: openshare agent");
            return ExitCode.Done;
        }
    }

    private sealed class Pause : ShellCommand
    {
        private readonly Argument<string> _id = Id();
        private readonly bool _isPaused;

        public Pause(Shell shell, bool isPaused) : base(
            isPaused ? "pause" : "resume",
            isPaused ? "Have a transfer wait, also over restarts, until it is resumed here" : "Let a transfer go on that was paused here",
            $"openshare transfer {(isPaused ? "pause" : "resume")} 3f9a", shell)
        {
            _isPaused = isPaused;
            Arguments.Add(_id);
        }

        protected override async Task<int> RunAsync(CommandRun run)
        {
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            var transfer = await (_isPaused
                ? session.Client.PauseTransferAsync(run.Get(_id), run.Interrupted)
                : session.Client.ResumeTransferAsync(run.Get(_id), run.Interrupted));
            run.Answer(transfer, AgentJson.Readable.TransferDocument, t => $"The transfer {Words.Short(t.TransferId)} ({t.Summary}) is {t.State}{(t.Detail is { } detail ? $": {detail}" : "")}.");
            if (transfer.IsEnded())
            {
                run.Warn("It had ended before.");
                return ExitCode.Failed;
            }
            if (session.IsHosted)
                run.Warn("No agent is running here: it goes on with the next one, which is started by: openshare agent");
            return ExitCode.Done;
        }
    }

    private sealed class Cancel : ShellCommand
    {
        private readonly Argument<string> _id = Id();

        public Cancel(Shell shell) : base("cancel", "End a transfer for good, on both sides", "openshare transfer cancel 3f9a", shell) => Arguments.Add(_id);

        protected override async Task<int> RunAsync(CommandRun run)
        {
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            var transfer = await session.Client.CancelTransferAsync(run.Get(_id), run.Interrupted);
            run.Answer(transfer, AgentJson.Readable.TransferDocument, t => $"The transfer {Words.Short(t.TransferId)} ({t.Summary}) is {t.State}.");
            if (transfer.State == TransferStates.Cancelled)
                return ExitCode.Done;
            run.Warn(transfer.IsEnded() ? "It had ended before."
                : transfer.State == TransferStates.Finishing ? "It is too late: all of it has arrived and gets its names."
                : "It ends as soon as it is opened again.");
            return ExitCode.Failed;
        }
    }
}
