using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using OpenShare.Cli.Commands;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli;

/// <summary>The command openshare: parses, and leaves the rest to the command that was named.</summary>
internal static class OpenShareCommand
{
    internal const string Example = "openshare send Photos --to laptop";

    internal static async Task<int> RunAsync(IReadOnlyList<string> args, Shell shell)
    {
        // A text or a name may begin with @: what was typed is meant, and no file of options.
        var parsed = Build(shell).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExample && !IsAskedForCompletions(parsed))
        {
            await shell.Error.WriteLineAsync(Mistake(parsed));
            await shell.Error.WriteLineAsync($"See: {Named(parsed.CommandResult.Command)} --help");
            return ExitCode.Usage;
        }
        // Signals are ours (Signals), and so is every exception (ShellCommand).
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = shell.Out,
            Error = shell.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private static RootCommand Build(Shell shell)
    {
        var root = new RootCommand("Share files between your devices on the local network, end to end encrypted.")
        {
            GlobalOptions.Home,
            GlobalOptions.Json,
            GlobalOptions.Verbose,
            new RegisterCommand(shell),
            new AgentCommand(shell),
            new StatusCommand(shell),
            new PeersCommand(shell),
            new SendCommand(shell),
            new TransfersCommand(shell),
            new TransferCommand(shell),
            new ReceiptCommand(shell),
            new PairCommand(shell),
            new RevocationCommand(shell),
            new DoctorCommand(shell),
            new UiCommand(shell),
            new CompletionsCommand(shell),
        };
        OfferChoices(root);
        foreach (var option in root.Options.OfType<HelpOption>())
            option.Action = new HelpWithExample((HelpAction)option.Action!);
        return root;
    }

    // The line so far is an argument that no command has.
    private static bool IsAskedForCompletions(ParseResult parsed) =>
        ((RootCommand)parsed.RootCommandResult.Command).Directives.OfType<SuggestDirective>().Any(d => parsed.GetResult(d) is not null);

    // What help shows as one|other is what completion offers.
    private static void OfferChoices(Command command)
    {
        foreach (var option in command.Options.Where(o => o.HelpName?.Contains('|', StringComparison.Ordinal) == true))
            option.CompletionSources.Add(option.HelpName!.Split('|'));
        foreach (var below in command.Subcommands)
            OfferChoices(below);
    }

    // A misspelled word makes the parser miss what it should have been, too: the word is the news.
    private static string Mistake(ParseResult parsed) =>
        parsed.UnmatchedTokens.Count > 0 ? $"'{Printable.Line(parsed.UnmatchedTokens[0])}' is not known here."
        : parsed.CommandResult.Command.Subcommands.Count > 0 ? $"Name one of: {string.Join(", ", parsed.CommandResult.Command.Subcommands.Select(c => c.Name))}."
        : MissingArgument(parsed) is { } argument ? $"{argument.Name} is missing; it comes before the options."
        : Printable.Line(parsed.Errors[0].Message);

    private static Argument? MissingArgument(ParseResult parsed) =>
        parsed.CommandResult.Command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(a) is not { Tokens.Count: > 0 });

    private static string Named(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Named(parent)} {command.Name}" : "openshare";
}
