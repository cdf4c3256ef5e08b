using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

internal sealed class StatusCommand(Shell shell)
    : ShellCommand("status", "Show this device: identity, certificate, revocation list, addresses, warnings", "openshare status", shell)
{
    protected override async Task<int> RunAsync(CommandRun run)
    {
        await using var session = await run.OpenAsync(AgentReach.HomeOnly);
        var status = await session.Client.GetStatusAsync(run.Interrupted);
        if (session.IsHosted)
            status = status with { Warnings = [.. status.Warnings, "No agent is running here, so no device can reach this one. Start it with: openshare agent"] };
        run.Answer(status, AgentJson.Readable.StatusDocument, Text);
        return ExitCode.Done;
    }

    internal static string Text(StatusDocument status) => Columns.Pairs(
        [
            ("Device", $"{status.Name} ({status.DeviceId})"),
            ("Account", status.AccountId ?? "none: this device is not registered (openshare register --help), nor paired (openshare pair show)"),
            ("Trust", status.Trust),
            ("Registration", Registration(status.Registration)),
            ("Certificate", status.CertExpiresAt is { } expiry ? $"valid until {Words.Time(expiry)}" : "none"),
            ("Revocation list", status.CrlVersion == 0 ? "none yet" : $"version {status.CrlVersion} of {Words.Time(status.CrlIssuedAt)}{(status.CrlStale ? ", stale" : "")}"),
            ("Listening", status.Listening.Count > 0 ? string.Join(", ", status.Listening) : "no"),
            .. status.Discovery.Where(r => r.State != "resting").Select(r => ("Discovery", $"{r.Way}{(r.Interface is { } name ? $" on {name}" : "")}: {r.State}")),
            .. status.PairingOffered ? [("Discovery", $"nobody was found in any way. {PairOffer.Text}")] : Array.Empty<(string, string)>(),
            ("Receives", Receives(status)),
            .. Provisional(status) is { } provisional ? [("", provisional)] : Array.Empty<(string, string)>(),
            .. status.Rules.Select(rule => ("", $"{rule.Answer} from {rule.Name ?? "a device no longer known"} ({Words.Short(rule.DeviceId)})")),
            ("Home", status.Home),
            .. status.Warnings.Select(warning => ("Warning", warning)),
        ]);

    private static string Receives(StatusDocument status) => status.Accept switch
    {
        "own" => $"from devices of the account, into {status.SaveTo}",
        "ask" => $"from devices of the account, into {status.SaveTo}, after asking",
        _ => "from nobody",
    };

    private static string? Provisional(StatusDocument status) =>
        status is { ProvisionalLimit: null, ProvisionalTo: null } or { Accept: "none" } ? null
        : $"from provisional ones{(status.ProvisionalLimit is { } most ? $" at most {Words.Bytes(most)} at once" : "")}, into {status.ProvisionalTo ?? status.SaveTo}";

    private static string Registration(RegistrationDocument registration) => registration switch
    {
        { State: "underway", Problem: { } problem } => $"underway at {registration.Server}, attempt {registration.Attempts}; the last one: {problem}",
        { State: "underway" } => $"underway at {registration.Server}",
        { State: "provisional", Reason: "awaits_administrator" } =>
            $"provisional; an administrator of {registration.Server} is to say yes. Asked {registration.Attempts} times, the last one: {registration.Problem}",
        { State: "provisional", Problem: { } problem } => $"provisional; asked {registration.Server} for a certificate of its own {registration.Attempts} times, the last one: {problem}",
        { State: "provisional" } => $"provisional, and registers at {registration.Server} when that is in reach",
        { State: "refused" } => $"refused: {registration.Problem}",
        { Server: { } server } => $"{registration.State} by {server}",
        _ => registration.State,
    };
}
