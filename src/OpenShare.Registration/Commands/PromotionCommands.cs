using System.CommandLine;
using System.Globalization;
using OpenShare.Protocol.Identity;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Commands;

/// <summary>`device waiting`, `admit` and `turn-away`: what a service that asks (`run --promote ask`) is answered.</summary>
internal static class PromotionCommands
{
    public static Command Waiting(Administrator administrator)
    {
        var account = Account("Only this account's");
        return administrator.Wire(
            new DocumentedCommand("waiting", "Lists the paired devices that wait for an administrator's yes.", "openshare-server device waiting --account alice") { account },
            (parsed, admin, cancel) => admin.ListPromotionsAsync(parsed.GetValue(account), cancel),
            (list, output) => Table.Write(
                output, ["NAME", "ID", "ACCOUNT", "PAIRED BY", "SINCE", "STATE"],
                list.Promotions.Select(p => new[]
                {
                    p.Name, p.DeviceId, p.AccountId, $"{p.SponsorName} ({p.Sponsor[..8]})", p.Since.ToString("u", CultureInfo.InvariantCulture), p.State,
                })));
    }

    public static Command Admit(Administrator administrator)
    {
        var (which, account) = (Which(), Account("The account that it is to belong to, where it asks for several"));
        return administrator.Wire(
            new DocumentedCommand("admit", "Says yes to a paired device: it gets its certificate when it asks next.", "openshare-server device admit 3f9a") { which, account },
            (parsed, admin, cancel) => admin.AdmitDeviceAsync(parsed.GetValue(which)!, new AdmitDevice(parsed.GetValue(account)?.Value), cancel),
            (promoted, output) => output.WriteLine($"Admitted {Words(promoted)}. It is registered when it asks next, within some minutes where it is in reach."));
    }

    public static Command TurnAway(Administrator administrator)
    {
        var (which, account) = (Which(), Account("The account that it asks for, where that is several"));
        var reason = new Option<string?>("--reason") { Description = "Why; the device is told, and it is kept in the audit log", HelpName = "TEXT" };
        return administrator.Wire(
            new DocumentedCommand(
                "turn-away", "Says no to a paired device: it is not registered for what it has shown.", "openshare-server device turn-away 3f9a --reason \"nobody knows it\"") { which, account, reason },
            (parsed, admin, cancel) => admin.TurnAwayAsync(parsed.GetValue(which)!, new TurnAway(parsed.GetValue(account)?.Value, parsed.GetValue(reason)), cancel),
            (promoted, output) => output.WriteLine($"Turned away {Words(promoted)}. Until its provisional certificate ends it is linked with whoever takes that; `device revoke {promoted.DeviceId} --paired` ends it at once."));
    }

    private static string Words(Promoted promoted) => $"{promoted.Name} ({promoted.DeviceId}) of {promoted.AccountId}, which was paired by {promoted.Sponsor[..8]}";

    private static Argument<string> Which() => new("ID") { Description = "The id of a device that waits, a unique start of it, or its name" };

    private static Option<AccountId?> Account(string description) => new("--account")
    {
        Description = description,
        HelpName = "ACCOUNT",
        CustomParser = CommonOptions.ReadAccount,
    };
}
