using System.CommandLine;
using OpenShare.Agent;
using OpenShare.Agent.Browsing;
using OpenShare.Agent.Client;
using OpenShare.Agent.Hosting;
using OpenShare.Desktop.Install;
using OpenShare.Desktop.Linux;
using OpenShare.Desktop.Linux.Bus;
using OpenShare.Desktop.Windows;

namespace OpenShare.Desktop;

/// <summary>What surrounds the program.</summary>
internal sealed record DesktopShell(
    TextWriter Out, TextWriter Error, Func<AgentLauncher> Launcher, IReadOnlyDictionary<string, string?> Environment, CancellationToken Interrupted);

/// <summary>The program openshare-desktop.</summary>
internal static class DesktopCommand
{
    internal const int Done = 0, Failed = 1, Usage = 2;

    internal static async Task<int> RunAsync(IReadOnlyList<string> args, DesktopShell shell)
    {
        var parsed = Build(shell).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = shell.Out, Error = shell.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        await shell.Error.WriteLineAsync($"{Plain.Line(parsed.Errors[0].Message)}\nSee: openshare-desktop --help");
        return Usage;
    }

    private static RootCommand Build(DesktopShell shell)
    {
        var run = Of("run", "Run this device with its icon and notifications. Example: openshare-desktop run --accept ask", options => ShowAsync(options, shell));
        var open = Of("open", "Open the page of this device; where it does not run, run it first. Example: openshare-desktop open", options => OpenAsync(options, shell));
        var paths = new Argument<string[]>("path") { Description = "Files and folders", Arity = ArgumentArity.OneOrMore };
        var send = new Command("send", "Choose on the page to which device these go; where this device does not run, run it first. Example: openshare-desktop send Photos") { paths };
        DesktopOptions.AddTo(send);
        send.SetAction((parsed, _) => GuardAsync(shell, () => SendAsync(new DesktopOptions(parsed), parsed.GetValue(paths)!, shell)));
        var install = Of("install", "Start it at login, with these options, and list it among the programs. Example: openshare-desktop install --accept ask", options => InstallAsync(options, shell));
        var uninstall = new Command("uninstall", "Take back what install did. Example: openshare-desktop uninstall");
        uninstall.SetAction((_, _) => GuardAsync(shell, () => UninstallAsync(shell)));
        return new RootCommand("OpenShare on a desktop: an icon in the tray, notifications, and a start at login.") { run, open, send, install, uninstall };

        Command Of(string name, string description, Func<DesktopOptions, Task<int>> action)
        {
            var command = new Command(name, description);
            DesktopOptions.AddTo(command);
            command.SetAction((parsed, _) => GuardAsync(shell, () => action(new DesktopOptions(parsed))));
            return command;
        }
    }

    private static async Task<int> ShowAsync(DesktopOptions given, DesktopShell shell, bool isOpened = false, IReadOnlyList<string>? handsOver = null)
    {
        var options = given.Agent(shell.Environment);
        if (OperatingSystem.IsWindows())
            CrashRestart.Ask(["run", .. given.Words()]);
        var talk = new DesktopTalk(shell.Error);
        var orders = OrdersOf(options);
        var desktop = new DesktopAgent(shell.Launcher(), options, SessionOf(shell), orders, talk, TimeProvider.System) { IsOpened = isOpened, HandsOver = handsOver };
        if (await desktop.RunAsync(shell.Interrupted))
            return Done;
        talk.Say("The device stopped by itself. Its log, with OPENSHARE__LOGLEVEL=debug, says why.");
        return Failed;
    }

    private static OpenSession? SessionOf(DesktopShell shell) =>
        OperatingSystem.IsWindows() ? WindowsSession.OpenAsync : BusSession.At(BusAddress.OfSession(shell.Environment.GetValueOrDefault));

    private static async Task<int> OpenAsync(DesktopOptions given, DesktopShell shell)
    {
        var options = given.Agent(shell.Environment);
        using var running = await AgentLauncher.FindAsync(options, shell.Interrupted);
        if (running is null)
            return await ShowAsync(given, shell, isOpened: true);
        return await PageLink.TryOpenAsync(running, options.Home, page: null, shell.Interrupted) ? Done : Fail(shell, DesktopOrders.NoBrowser, Failed);
    }

    private static async Task<int> SendAsync(DesktopOptions given, string[] named, DesktopShell shell)
    {
        var options = given.Agent(shell.Environment);
        string[] paths = [.. named.Select(Path.GetFullPath)];
        if (paths.FirstOrDefault(p => !Path.Exists(p)) is { } missing)
            return Fail(shell, $"There is no such file or folder: {Plain.Line(missing)}", Failed);
        using var running = await AgentLauncher.FindAsync(options, shell.Interrupted);
        if (running is null)
            return await ShowAsync(given, shell, handsOver: paths);
        await OrdersOf(options).HandOverAsync(paths, running, shell.Interrupted);
        return Done;
    }

    private static DesktopOrders OrdersOf(AgentOptions options) =>
        new((client, page, cancellation) => PageLink.TryOpenAsync(client, options.Home, page, cancellation));

    private static async Task<int> InstallAsync(DesktopOptions given, DesktopShell shell)
    {
        // What would not start is not installed.
        given.Agent(shell.Environment);
        var (program, options) = (DesktopProgram.Command(), given.Words());
        if (program.Concat(options).Any(word => word.Any(char.IsControl)))
            return Fail(shell, "A path with a line break in it cannot be installed.", Usage);
        return await LeftAsync(shell, installer => installer.InstallAsync(program, options));
    }

    private static Task<int> UninstallAsync(DesktopShell shell) => LeftAsync(shell, installer => installer.UninstallAsync());

    private static async Task<int> LeftAsync(DesktopShell shell, Func<IInstaller, Task<string?>> what)
    {
        if (Installers.Here(shell.Environment, shell.Out.WriteLine) is not { } installer)
            return Fail(shell, "HOME is not set, so there is no place to install into.", Failed);
        return await what(installer) is { } left ? Fail(shell, left, Failed) : Done;
    }

    private static async Task<int> GuardAsync(DesktopShell shell, Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (SettingException e)
        {
            return Fail(shell, e.Message, Usage);
        }
        catch (Exception e) when (e is AgentStartException or LocalApiException or IOException or UnauthorizedAccessException)
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
