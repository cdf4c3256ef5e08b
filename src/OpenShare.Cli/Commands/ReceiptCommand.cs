using System.CommandLine;
using System.Text.Json;
using OpenShare.Agent;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

/// <summary>The receivers' signed receipts.</summary>
internal sealed class ReceiptCommand : Command
{
    /// <summary>Bytes of a receipt's file: one entry takes some 200.</summary>
    private const long LargestFile = 1024L * 1024 * 1024;

    public ReceiptCommand(Shell shell) : base("receipt", "Show or verify a signed receipt")
    {
        Subcommands.Add(new Show(shell));
        Subcommands.Add(new Verify(shell));
    }

    private static Argument<string> Which() => new("ID|FILE")
    {
        Description = "A transfer's id, or the beginning of it; or a file made with: openshare receipt show ID --json",
    };

    /// <returns>null when there is no such file</returns>
    private static async Task<ReceiptDocument?> ReadFileAsync(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            return path.AsSpan().IndexOfAny('/', '\\', '.') < 0 ? null : throw new UsageException($"There is no file {path}.");
        if (new FileInfo(path).Length > LargestFile)
            throw new UsageException($"{path} is too large for a receipt.");
        try
        {
            await using var file = File.OpenRead(path);
            if (await JsonSerializer.DeserializeAsync(file, AgentJson.Readable.ReceiptDocument, cancellation) is { Receipt: not null, Entries: not null } receipt)
                return receipt;
        }
        catch (JsonException)
        {
            // Said below.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {e.Message}");
        }
        throw new UsageException($"{path} is not a receipt. One is made with: openshare receipt show ID --json");
    }

    private static string Text(ReceiptDocument receipt) => Columns.Pairs(
        [
            ("Manifest", receipt.ManifestId),
            ("Sender", receipt.Sender),
            ("Receiver", $"{receipt.ReceiverName} ({receipt.Receiver})"),
            ("Signed", Words.Time(receipt.CompletedAt)),
            ("Outcome", TransferText.Outcome(receipt.Delivered, receipt.Withdrawn, receipt.Refused, receipt.Skipped)),
            .. receipt.Entries.Where(e => e.Outcome != "delivered" || e.StoredAs is not null).Select(e => ("", Line(e))),
        ]);

    private static string Line(ReceiptEntryDocument entry) =>
        Printable.Line($"{entry.Path ?? $"entry {entry.EntryNo}"}: {entry.Outcome}{(entry.StoredAs is { } name ? $" as {name}" : "")}{(entry.Detail is { } detail ? $", {detail}" : "")}");

    private sealed class Show : ShellCommand
    {
        private readonly Argument<string> _which = Which();

        // What a file says beside the signed bytes is nobody's word: shown is what those bytes say.
        private static async Task<ReceiptDocument> SignedAsync(AgentSession session, ReceiptDocument file, CommandRun run)
        {
            var verdict = await session.Client.VerifyReceiptAsync(new VerifyReceiptRequest(file.Receipt), run.Interrupted);
            if (!verdict.Valid)
                run.Warn($"Not valid: {verdict.Problem}");
            return verdict.Receipt ?? throw new UsageException("There is no receipt in this file.");
        }

        public Show(Shell shell) : base("show", "Show a receipt", "openshare receipt show 3f9a --json > receipt.json", shell) => Arguments.Add(_which);

        protected override async Task<int> RunAsync(CommandRun run)
        {
            var file = await ReadFileAsync(run.Get(_which), run.Interrupted);
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            var receipt = file is null
                ? await session.Client.GetReceiptAsync(run.Get(_which), run.Interrupted)
                : await SignedAsync(session, file, run);
            run.Answer(receipt, AgentJson.Readable.ReceiptDocument, Text);
            return ExitCode.Done;
        }
    }

    private sealed class Verify : ShellCommand
    {
        private readonly Argument<string> _which = Which();

        public Verify(Shell shell) : base("verify", "Check a receipt's signature, offline", "openshare receipt verify receipt.json", shell) => Arguments.Add(_which);

        protected override async Task<int> RunAsync(CommandRun run)
        {
            var file = await ReadFileAsync(run.Get(_which), run.Interrupted);
            await using var session = await run.OpenAsync(AgentReach.HomeOnly);
            var receipt = file ?? await session.Client.GetReceiptAsync(run.Get(_which), run.Interrupted);
            var verdict = await session.Client.VerifyReceiptAsync(new VerifyReceiptRequest(receipt.Receipt), run.Interrupted);
            if (run.Json)
                run.Print(verdict, AgentJson.Readable.VerdictDocument);
            if (verdict is { Valid: true, Receipt: { } signed })
            {
                if (!run.Json)
                    run.Say($"Valid: signed by {signed.ReceiverName} ({Words.Short(signed.Receiver)}) on {Words.Time(signed.CompletedAt)}, {TransferText.Outcome(signed.Delivered, signed.Withdrawn, signed.Refused, signed.Skipped)}{(verdict.MatchesManifest is null ? "; what was sent is not known here" : "")}.");
                return ExitCode.Done;
            }
            run.Warn($"Not valid: {verdict.Problem}");
            return ExitCode.Failed;
        }
    }
}
