using System.CommandLine;
using OpenShare.Agent;
using OpenShare.Agent.Browsing;
using OpenShare.Agent.Hosting;
using OpenShare.Desktop.Bus;

namespace OpenShare.Desktop;

/// <summary>What surrounds the program.</summary>
internal sealed record DesktopShell(
    TextWriter Out, TextWriter Error, Func<AgentLauncher> Launcher, IReadOnlyDictionary<string, string?> Environment, CancellationToken Interrupted);

/// <summary>The program openshare-desktop.</summary>
internal static class DesktopCommand
{
    internal const int Done = 0, Failed = 1, Usage = 2;

    internal const string LinuxAlone = "The tray, the notifications and the start at login are built for Linux alone so far. Elsewhere: openshare agent, and openshare ui";

    private static readonly Option<string?> Home = new("--home") { Description = "The directory of this device (or OPENSHARE_HOME; default: the platform's data directory)", HelpName = "DIR", Recursive = true };
    private static readonly Option<string?> Accept = new("--accept") { Description = "Whose files to take: own (the default), ask or none", HelpName = "own|ask|none" };
    private static readonly Option<string?> SaveTo = new("--save-to") { Description = "Where received files go (default: OpenShare among the downloads)", HelpName = "DIR" };
    private static readonly Option<string?> Listen = new("--listen") { Description = "Where other devices connect to (default *:0, any free port)", HelpName = "HOST:PORT" };
    private static readonly Option<string?> PassphraseFile = new("--passphrase-file") { Description = "A file whose first line is the passphrase of this device's key", HelpName = "FILE" };

    internal static async Task<int> RunAsync(IReadOnlyList<string> args, DesktopShell shell)
    {
        var parsed = Build(shell).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return parsed.Errors.Count > 0
            ? await parsed.InvokeAsync(new InvocationConfiguration { Output = shell.Error, Error = shell.Error }) is var _ ? Usage : Usage
            : await parsed.InvokeAsync(new InvocationConfiguration { Output = shell.Out, Error = shell.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static RootCommand Build(DesktopShell shell)
    {
        var run = new Command("run", "Run this device with its icon and notifications. Example: openshare-desktop run") { Accept, SaveTo, Listen, PassphraseFile };
        run.SetAction((parsed, _) => GuardAsync(shell, () => RunAsync(parsed, shell)));
        return new RootCommand("OpenShare on a desktop: an icon in the tray, notifications, and a start at login.") { Home, run };
    }

    private static async Task<int> RunAsync(ParseResult parsed, DesktopShell shell)
    {
        var options = AgentSettings.Read(parsed.GetValue(Home), new Dictionary<string, string?>
        {
            [AgentSettings.Accept] = parsed.GetValue(Accept),
            [AgentSettings.SaveTo] = parsed.GetValue(SaveTo),
            [AgentSettings.Listen] = parsed.GetValue(Listen),
            [AgentSettings.PassphraseFile] = parsed.GetValue(PassphraseFile),
        }, AgentReach.Network, shell.Environment) with { ServesPages = true };
        var talk = new DesktopTalk(shell.Error);
        var orders = new DesktopOrders((client, page, cancellation) => PageLink.TryOpenAsync(client, options.Home, page, cancellation));
        var desktop = new DesktopAgent(shell.Launcher(), options, BusAddress.OfSession(shell.Environment.GetValueOrDefault), orders, talk, TimeProvider.System);
        if (await desktop.RunAsync(shell.Interrupted))
            return Done;
        talk.Say("The device stopped by itself. Its log, with OPENSHARE__LOGLEVEL=debug, says why.");
        return Failed;
    }

    private static async Task<int> GuardAsync(DesktopShell shell, Func<Task<int>> command)
    {
        if (!OperatingSystem.IsLinux())
            return Fail(shell, LinuxAlone, Failed);
        try
        {
            return await command();
        }
        catch (SettingException e)
        {
            return Fail(shell, e.Message, Usage);
        }
        catch (AgentStartException e)
        {
            return Fail(shell, e.Message, Failed);
        }
    }

    private static int Fail(DesktopShell shell, string message, int code)
    {
        shell.Error.WriteLine(message);
        return code;
    }
}
