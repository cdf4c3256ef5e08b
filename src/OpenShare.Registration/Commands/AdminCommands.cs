using System.CommandLine;
using System.Globalization;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Commands;

internal static class AdminCommands
{
    public static Command Create(Administrator administrator)
    {
        var role = new Option<string>("--role") { Description = "admin does everything, registrar gives out tokens and revokes devices, auditor reads", HelpName = "admin|registrar|auditor", Required = true };
        role.AcceptOnlyFromAmong("admin", "registrar", "auditor");
        var name = new Option<string>("--name") { Description = "Who it is for; the audit log names them so", HelpName = "NAME", Required = true };
        var ttl = new Option<TimeSpan?>("--ttl")
        {
            Description = "How long it is good: 8h, 90d [default: until it is revoked]",
            HelpName = "TIME",
            CustomParser = result => CommonOptions.ReadDuration(result),
        };
        var which = new Argument<string>("NAME") { Description = "The name it was made with" };
        return new DocumentedCommand("admin", "Those who administer this service over HTTPS.", "openshare-server admin list")
        {
            administrator.Wire(
                new DocumentedCommand("create", "Makes an admin token and prints it, alone, on stdout.", "openshare-server admin create --role registrar --name dana --ttl 90d") { role, name, ttl },
                (parsed, admin, cancel) => admin.CreateAdminAsync(
                    new CreateAdmin(parsed.GetValue(name)!, parsed.GetValue(role)!, (long?)parsed.GetValue(ttl)?.TotalSeconds), cancel),
                (created, output) => output.WriteLine(created.Token)),
            administrator.Wire(
                new DocumentedCommand("list", "Lists the admin tokens that were made.", "openshare-server admin list"),
                (_, admin, cancel) => admin.ListAdminsAsync(cancel),
                (list, output) => Table.Write(
                    output, ["NAME", "ROLE", "STATE", "UNTIL"],
                    list.Admins.Select(a => new[] { a.Name, a.Role, a.State, a.ExpiresAt?.ToString("u", CultureInfo.InvariantCulture) ?? "without end" }))),
            administrator.Wire(
                new DocumentedCommand("revoke", "Revokes an admin token; it is refused from the next request on.", "openshare-server admin revoke dana") { which },
                (parsed, admin, cancel) => admin.RevokeAdminAsync(parsed.GetValue(which)!, cancel),
                (revoked, output) => output.WriteLine($"Revoked the admin token of {revoked.Name}.")),
        };
    }
}
