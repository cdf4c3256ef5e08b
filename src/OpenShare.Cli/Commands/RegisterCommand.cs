using System.CommandLine;
using OpenShare.Agent;
using OpenShare.Agent.Browsing;
using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

internal sealed class RegisterCommand : ShellCommand
{
    private const int DefaultWait = 60;

    private readonly Option<string> _server = new("--server") { Description = "The registration server's URL", HelpName = "URL", Required = true };
    private readonly Option<string?> _token = new("--token") { Description = "A one-time token, from your administrator (openshare-server token create)", HelpName = "TOKEN" };
    private readonly Option<bool> _login = new("--login") { Description = "Log in in the browser instead, where your organisation has that" };
    private readonly Option<string?> _fingerprint = new("--server-fingerprint") { Description = "Trust the server by its TLS fingerprint (default: by the token; with --login as this system does)", HelpName = "sha256:HEX" };
    private readonly Option<string?> _ca = new("--ca") { Description = "Trust the server by the certificates in this PEM file (default: as above)", HelpName = "FILE" };
    private readonly Option<string?> _name = new("--name") { Description = "This device's name (default: the machine's)", HelpName = "NAME" };
    private readonly Option<int> _wait = new("--wait") { Description = $"How long to go on trying while the server cannot be reached (default {DefaultWait})", HelpName = "SECONDS", DefaultValueFactory = _ => DefaultWait };
    private readonly Option<string?> _passphraseFile = GlobalOptions.PassphraseFile();

    public RegisterCommand(Shell shell)
        : base("register", "Register this device, with a one-time token or by logging in, and get its certificate", "openshare register --server https://share.example:8443 --token ost1_… --name laptop", shell)
    {
        foreach (var option in (Option[])[_server, _token, _login, _fingerprint, _ca, _name, _wait, _passphraseFile])
            Options.Add(option);
    }

    protected override async Task<int> RunAsync(CommandRun run)
    {
        if (run.Get(_fingerprint) is not null && run.Get(_ca) is not null)
            throw new UsageException("Give --server-fingerprint or --ca, not both.");
        var token = run.Get(_token);
        if (token is null != run.Get(_login))
            throw new UsageException(token is null ? "Give --token TOKEN, or --login to log in in the browser." : "Give --token or --login, not both.");
        var (server, fingerprint, ca, name) = (run.Get(_server)!, run.Get(_fingerprint), await ReadCaAsync(run), run.Get(_name));

        await using var session = await run.OpenAsync(AgentReach.HomeOnly, run.Get(_passphraseFile));
        if (token is not null)
            await session.Client.RegisterAsync(new RegisterRequest(server, token, fingerprint, ca, name), run.Interrupted);
        else
            await LogInAsync(run, session, new LoginRequest(server, fingerprint, ca, name));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(run.Get(_wait)), run.Shell.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, run.Interrupted);
        try
        {
            return await FollowAsync(run, session, ended.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !run.Interrupted.IsCancellationRequested)
        {
            run.Warn("The server cannot be reached. This device keeps the request, and 'openshare agent' goes on trying.");
            return ExitCode.ServerUnreachable;
        }
    }

    private static async Task LogInAsync(CommandRun run, AgentSession session, LoginRequest request)
    {
        await foreach (var login in session.Client.LogInAsync(request, run.Interrupted))
        {
            switch (login)
            {
                case { State: LoginDocument.Waiting, Url: { } url }:
                    run.Warn($"Log in, in a browser on this machine, until {Words.Time(login.ExpiresAt)}. If none opens by itself, go to\n\n  {Printable.Line(url)}\n");
                    WebBrowser.TryOpen(url);
                    break;
                case { State: LoginDocument.Failed, Problem: { } problem }:
                    throw new LocalApiException(problem.Code, problem.Message);
                case { State: LoginDocument.Registering }:
                    return;
            }
        }
        throw new LocalApiException("The agent stopped before you had logged in. Begin again.");
    }

    private static async Task<int> FollowAsync(CommandRun run, AgentSession session, CancellationToken ended)
    {
        string? told = null;
        await foreach (var status in session.Client.WatchStatusAsync(ended))
        {
            switch (status.Registration.State)
            {
                case "certified":
                    foreach (var warning in status.Warnings)
                        run.Warn($"Warning: {warning}");
                    run.Answer(status, AgentJson.Readable.StatusDocument, s =>
                        $"Registered as {s.Name} ({Words.Short(s.DeviceId)}) in account {s.AccountId}; certificate valid until {Words.Time(s.CertExpiresAt)}.");
                    return ExitCode.Done;
                case "refused":
                    run.Warn($"Not registered: {status.Registration.Problem}");
                    return ExitCode.Of(status.Registration);
                case "underway" when status.Registration is { Problem: { } problem, NextAttemptAt: not null } && problem != told:
                    run.Warn($"{problem} Trying again; Ctrl-C stops.");
                    told = problem;
                    break;
            }
        }
        run.Warn("The agent stopped before this device was registered. It goes on when it starts again.");
        return ExitCode.Failed;
    }

    private async Task<string?> ReadCaAsync(CommandRun run)
    {
        if (run.Get(_ca) is not { } path)
            return null;
        try
        {
            return await File.ReadAllTextAsync(path, run.Interrupted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The --ca file {path} cannot be read: {e.Message}");
        }
    }
}
