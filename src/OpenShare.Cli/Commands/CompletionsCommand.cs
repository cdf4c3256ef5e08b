using System.CommandLine;
using OpenShare.Cli.Invocation;

namespace OpenShare.Cli.Commands;

/// <summary>The script by which a shell asks this command what may come next.</summary>
internal sealed class CompletionsCommand : ShellCommand
{
    private readonly Argument<string> _for = new("SHELL") { Description = "bash, zsh or fish" };

    public CompletionsCommand(Shell shell) : base("completions", "Print the script that completes this command in a shell", "source <(openshare completions bash)", shell) =>
        Arguments.Add(_for.AcceptOnlyFromAmong("bash", "zsh", "fish"));

    protected override async Task<int> RunAsync(CommandRun run)
    {
        using var script = new StreamReader(typeof(CompletionsCommand).Assembly.GetManifestResourceStream($"completions.{run.Get(_for)}")!);
        run.Shell.Out.Write(await script.ReadToEndAsync());
        return ExitCode.Done;
    }
}
