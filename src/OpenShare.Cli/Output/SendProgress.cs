using OpenShare.Agent.Documents;
using OpenShare.Cli.Invocation;
using Spectre.Console;

namespace OpenShare.Cli.Output;

/// <summary>A bar for each transfer with bytes, rate and time left, on a terminal; nothing elsewhere.</summary>
internal sealed class SendProgress : IDisposable
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProgressContext? _context;
    private readonly Task _drawing = Task.CompletedTask;
    private int _running;

    /// <param name="transfers">how many bars there will be</param>
    internal SendProgress(Shell shell, int transfers)
    {
        _running = transfers;
        if (!shell.ErrorIsTerminal)
            return;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(shell.Error) });
        var started = new TaskCompletionSource<ProgressContext>();
        _drawing = console.Progress().AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new BytesColumn(), new RateColumn(), new TimeLeftColumn())
            .StartAsync(context =>
            {
                started.SetResult(context);
                return _over.Task;
            });
        _context = started.Task.GetAwaiter().GetResult();
    }

    internal Bar Begin(string to) => new(this, _context?.AddTask(Markup.Escape($"Looking for {to}")));

    public void Dispose()
    {
        _over.TrySetResult();
        _drawing.GetAwaiter().GetResult();
    }

    internal sealed class Bar : IDisposable
    {
        private const int LongestPath = 40;

        private readonly SendProgress _progress;
        private readonly ProgressTask? _task;
        private bool _ended;

        internal Bar(SendProgress progress, ProgressTask? task)
        {
            _progress = progress;
            _task = task;
            _task?.IsIndeterminate(true);
        }

        internal void Show(TransferDocument transfer)
        {
            if (_task is null)
                return;
            _task.Description = Markup.Escape(transfer.State switch
            {
                TransferStates.Connecting => $"{transfer.Summary}: connecting to {TransferText.Peer(transfer)}",
                TransferStates.Offered => $"{transfer.Summary}: {TransferText.Peer(transfer)} is asked",
                TransferStates.AwaitingAnswer => $"{transfer.Summary}: waiting for {TransferText.Peer(transfer)} to accept",
                TransferStates.Waiting => $"{transfer.Summary}: waiting. {transfer.Detail}",
                TransferStates.Finishing => $"{transfer.Summary}: waiting for the receipt",
                _ => $"{transfer.Summary} to {TransferText.Peer(transfer)}{(transfer.File is { } file ? $": {End(file)}" : "")}",
            });
            _task.MaxValue = Math.Max(1, transfer.BytesTotal);
            _task.IsIndeterminate = !transfer.TotalsKnown;
            _task.Value = transfer.BytesSent + transfer.BytesReused;
        }

        // Of a long path the end tells more than the beginning.
        private static string End(string path) => path.Length <= LongestPath ? path : "…" + path[^LongestPath..];

        /// <summary>Ends the bar; with the last one all are taken away, for what is said about the end to take their place.</summary>
        public void Dispose()
        {
            if (_ended)
                return;
            _ended = true;
            _task?.StopTask();
            if (Interlocked.Decrement(ref _progress._running) == 0)
                _progress.Dispose();
        }
    }
}
