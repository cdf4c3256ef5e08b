using System.CommandLine;
using System.Globalization;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Commands;

internal static class KeyCommands
{
    public static Command Create(Administrator administrator)
    {
        var role = new Option<string>("--role") { Description = "Which: issuing signs certificates, crl revocation lists, root the list of keys itself", HelpName = "issuing|crl|root", Required = true };
        role.AcceptOnlyFromAmong("issuing", "crl", "root");
        var withdraw = new Option<bool>("--withdraw") { Description = "The key before it is in other hands: nothing that it signed counts any more. Devices renew their certificates by themselves" };
        return new DocumentedCommand("key", "The organisation's signing keys.", "openshare-server key list")
        {
            administrator.Wire(
                new DocumentedCommand("list", "Lists the keys that devices believe.", "openshare-server key list"),
                (_, admin, cancel) => admin.ListKeysAsync(cancel),
                (list, output) =>
                {
                    output.WriteLine($"Trust root version {list.Version}");
                    Table.Write(output, ["ROLE", "KEY", "FROM", "UNTIL", "STATE", "WHERE"], list.Keys.Select(k => new[] { k.Role, k.KeyId, Day(k.NotBefore), Day(k.NotAfter), k.State, k.Place ?? "" }));
                }),
            administrator.Wire(
                new DocumentedCommand("rotate", "Makes the next key of a role. Devices follow within the hour, without registering again.", "openshare-server key rotate --role issuing") { role, withdraw },
                (parsed, admin, cancel) => admin.RotateKeyAsync(new RotateKey(parsed.GetValue(role)!, parsed.GetValue(withdraw)), cancel),
                (rotated, output) => output.WriteLine(
                    $"The {rotated.Role} key is now {rotated.KeyId}; {rotated.Replaced} {(rotated.Withdrawn ? "is withdrawn: nothing that it signed counts any more" : "is kept for what it signed")}. The trust root is now version {rotated.TrustRootVersion}. Back up the signing keys.")),
        };
    }

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
