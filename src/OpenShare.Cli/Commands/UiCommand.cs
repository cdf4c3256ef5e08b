using System.CommandLine;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;

namespace OpenShare.Cli.Commands;

internal sealed class UiCommand : ShellCommand
{
    private const string FileName = "open-ui.html";

    private readonly Option<bool> _print = new("--print") { Description = "Print the link, which is good once and for two minutes, and open nothing" };

    public UiCommand(Shell shell) : base("ui", "Open this device's page in the browser", "openshare ui", shell) => Options.Add(_print);

    protected override async Task<int> RunAsync(CommandRun run)
    {
        await using var session = await run.OpenAsync(AgentReach.HomeOnly);
        var link = await session.Client.GetUiLinkAsync(run.Interrupted);
        if (run.Get(_print) || run.Json)
        {
            run.Answer(link, AgentJson.Readable.UiLinkDocument, l => l.Url);
            return ExitCode.Done;
        }
        var path = Path.Combine(run.Options(AgentReach.HomeOnly, quiet: true).Home, FileName);
        await WriteAsync(path, link.Url, run.Interrupted);
        if (WebBrowser.TryOpenFile(path))
        {
            run.Say("The page opens in the browser. If it does not: openshare ui --print");
            return ExitCode.Done;
        }
        run.Warn("There is no program here that opens a browser. With --print you get the link, to open it yourself.");
        return ExitCode.Failed;
    }

    // What a program is started with is seen by everybody on the machine. A file of the home's is not.
    private static async Task WriteAsync(string path, string url, CancellationToken cancellation)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new StreamWriter(path, options);
        await file.WriteAsync($"<!doctype html><meta charset=\"utf-8\"><title>OpenShare</title><meta http-equiv=\"refresh\" content=\"0;url={url}\"><a href=\"{url}\">OpenShare</a>".AsMemory(), cancellation);
    }
}
