using System.CommandLine;
using OpenShare.Agent;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

internal sealed class SendCommand : ShellCommand
{
    /// <summary>How long a device that is not to be seen is looked for: discovery with all its fallbacks takes about 10 s.</summary>
    private const double DiscoverySeconds = 15;

    private readonly Argument<string[]> _paths = new("PATH") { Description = "Files and directories to send", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> _to = new("--to")
    {
        Description = "The device to send to: its name, id, beginning of the id, or HOST:PORT; several devices after one another",
        HelpName = "DEVICE",
        Required = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string?> _text = new("--text") { Description = "Send this text instead of files; '-' reads it from the standard input, where no other user sees it", HelpName = "TEXT" };
    private readonly Option<bool> _clipboard = new("--clipboard") { Description = "Send the text in the clipboard instead of files" };
    private readonly Option<bool> _detach = new("--detach") { Description = "Leave it to the running agent, and end at once" };
    private readonly Option<string?> _limit = new("--limit") { Description = "Send no faster than this many bytes a second, with K, M or G: 2M is 2 MiB/s", HelpName = "RATE" };
    private readonly Option<string> _conflict = new("--conflict")
    {
        Description = "Where a name is taken there by something else: rename (the default) gives another name, skip writes nothing, overwrite replaces files",
        HelpName = "rename|skip|overwrite",
        DefaultValueFactory = _ => "rename",
    };
    private readonly Option<string?> _passphraseFile = GlobalOptions.PassphraseFile();

    public SendCommand(Shell shell)
        : base("send", "Send files and directories, or a text, until the receiver's signed receipt is verified", "openshare send Photos notes.txt --to laptop", shell)
    {
        // Several devices after one --to make the parser take whatever follows for one, flags too.
        _to.Validators.Add(devices =>
        {
            if (devices.Tokens.FirstOrDefault(t => t.Value.StartsWith('-')) is { } flag)
                devices.AddError($"'{flag.Value}' is not known here.");
        });
        _conflict.AcceptOnlyFromAmong("rename", "skip", "overwrite");
        Arguments.Add(_paths);
        Options.Add(_text);
        Options.Add(_clipboard);
        Options.Add(_to);
        Options.Add(_conflict);
        Options.Add(_limit);
        Options.Add(_detach);
        Options.Add(_passphraseFile);
    }

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var targets = run.Get(_to)!;
        var begun = Sent.Read(run.Shell.Begun, targets.Length);
        // What an agent has begun it has read; the clipboard may hold something else by now.
        var what = begun.Contains(Sent.Nothing) ? await WhatAsync(run) : new SendRequest([], "", 0);
        what = what with { BytesPerSecond = run.Get(_limit) is { } rate ? Words.Rate(rate) : 0, Conflict = run.Get(_conflict)! };
        if (what is { Text: not null, Conflict: not "rename" })
            throw new UsageException("--conflict is for files: a text always gets a name of its own.");
        var options = run.Options(AgentReach.Sending, quiet: true, (AgentSettings.PassphraseFile, run.Get(_passphraseFile)));
        if (run.Get(_detach))
            return await DetachAsync(run, options, what, targets);

        var sendings = targets.Zip(begun, (to, sent) => new Sending(run, what with { To = to }, sent)).ToList();
        while (await StayAsync(run, options, sendings))
        {
            run.Warn("The agent has stopped; going on without it.");
            run.Shell.Begun = Sent.Written(sendings.Select(s => s.Sent));
        }
        return sendings.Select(s => ((Sent.Ended)s.Sent).ExitCode).FirstOrDefault(code => code != ExitCode.Done);
    }

    /// <returns>true: the agent has stopped, and another can go on</returns>
    private static async Task<bool> StayAsync(CommandRun run, AgentOptions options, List<Sending> sendings)
    {
        var left = sendings.Where(s => s.Sent is not Sent.Ended).ToList();
        // Held to the end, so that one transfer's end takes no agent away from another.
        // What has begun and is interrupted now is cancelled, which takes an agent.
        await using var session = await run.Shell.Launcher().OpenAsync(options, left.Exists(s => s.Sent is Sent.Underway) ? CancellationToken.None : run.Interrupted);
        using var progress = new SendProgress(run.Shell, left.Count);
        await Task.WhenAll(left.Select(s => s.RunAsync(session, progress)));
        return left.Exists(s => s.Sent is not Sent.Ended);
    }

    /// <returns>the request, but for the device</returns>
    private async Task<SendRequest> WhatAsync(CommandRun run)
    {
        var (paths, text, clipboard) = (run.Get(_paths), run.Get(_text), run.Get(_clipboard));
        return (paths.Length > 0, text is not null, clipboard) switch
        {
            (true, false, false) => new SendRequest([.. paths.Select(Absolute)], "", DiscoverySeconds),
            (false, true, false) => new SendRequest([], "", DiscoverySeconds) { Text = await TextSource.OfOptionAsync(text!, run) },
            (false, false, true) => new SendRequest([], "", DiscoverySeconds) { Text = await Clipboard.ReadAsync(run) },
            (false, false, false) => throw new UsageException("PATH is missing; it comes before the options. A text is sent by --text or --clipboard."),
            _ => throw new UsageException("Send files, or --text, or --clipboard: one of them at a time."),
        };
    }

    private static async Task<int> DetachAsync(CommandRun run, AgentOptions options, SendRequest what, string[] targets)
    {
        using var client = await AgentLauncher.FindAsync(options, run.Interrupted)
            ?? throw new UsageException("--detach leaves the transfer to a running agent, and none runs here. Start one with: openshare agent");
        foreach (var to in targets)
        {
            var transfer = await client.SendAsync(what with { To = to }, run.Interrupted);
            run.Answer(transfer, AgentJson.Readable.TransferDocument, t => $"The agent is sending {t.Summary} to {TransferText.Peer(t)}. See: openshare transfer show {Words.Short(t.TransferId)}");
        }
        return ExitCode.Done;
    }

    private static string Absolute(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        try
        {
            // Also of a link that leads nowhere: it is sent as a link.
            File.GetAttributes(full);
            return full;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"There is no {path}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {e.Message}");
        }
    }
}
