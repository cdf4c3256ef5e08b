using System.CommandLine;
using OpenShare.Agent.Client;
using OpenShare.Agent.Hosting;
using OpenShare.Agent.Qr;

namespace OpenShare.Cli.Invocation;

/// <summary>A command of openshare: its help ends with an example, its failures become a line on stderr and an exit code.</summary>
internal abstract class ShellCommand : Command
{
    private readonly Shell _shell;

    protected ShellCommand(string name, string description, string example, Shell shell) : base(name, description)
    {
        Example = example;
        _shell = shell;
        SetAction((parsed, _) => GuardAsync(new CommandRun(parsed, _shell)));
    }

    internal string Example { get; }

    protected abstract Task<int> RunAsync(CommandRun run);

    /// <summary>What it means to this command to be interrupted.</summary>
    protected virtual int InterruptedCode => ExitCode.Cancelled;

    private async Task<int> GuardAsync(CommandRun run)
    {
        try
        {
            return await RunAsync(run);
        }
        catch (OperationCanceledException) when (run.Interrupted.IsCancellationRequested)
        {
            return InterruptedCode;
        }
        catch (LocalApiException e)
        {
            run.Warn(e.Message);
            return ExitCode.Of(e);
        }
        catch (SettingException e)
        {
            run.Warn(e.Message);
            return ExitCode.Usage;
        }
        catch (PictureException e)
        {
            run.Warn(e.Message);
            return ExitCode.Usage;
        }
        catch (UsageException e)
        {
            run.Warn(e.Message);
            return ExitCode.Usage;
        }
        catch (AgentStartException e)
        {
            run.Warn(e.Message);
            return ExitCode.Failed;
        }
        catch (Exception e) when (!run.Get(GlobalOptions.Verbose))
        {
            run.Warn($"Something unexpected went wrong: {e.Message} With --verbose you see where.");
            return ExitCode.Failed;
        }
    }
}

/// <summary>What was typed makes no sense here. The message says why and what to type instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
