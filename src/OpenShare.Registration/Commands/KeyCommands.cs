using System.CommandLine;
using System.Globalization;

namespace OpenShare.Registration.Commands;

internal static class KeyCommands
{
    public static Command Create(Administrator administrator) =>
        new DocumentedCommand("key", "The organisation's signing keys.", "openshare-server key list")
        {
            administrator.Wire(
                new DocumentedCommand("list", "Lists the keys that devices believe.", "openshare-server key list"),
                (_, admin, cancel) => admin.ListKeysAsync(cancel),
                (list, output) =>
                {
                    output.WriteLine($"Trust root version {list.Version}");
                    Table.Write(output, ["ROLE", "KEY", "FROM", "UNTIL", "STATE", "WHERE"], list.Keys.Select(k => new[] { k.Role, k.KeyId, Day(k.NotBefore), Day(k.NotAfter), k.State, k.Place ?? "" }));
                }),
            KeyRotateCommand.Create(administrator),
        };

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
