using System.CommandLine;
using System.Globalization;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Administration;

namespace OpenShare.Registration.Commands;

internal static class TokenCommands
{
    public static Command Create(Administrator administrator)
    {
        var account = new Option<AccountId?>("--account")
        {
            Description = "The account the device will belong to",
            HelpName = "ACCOUNT",
            Required = true,
            CustomParser = CommonOptions.ReadAccount,
        };
        var uses = new Option<int>("--uses") { Description = "How many devices may register with it", HelpName = "N", DefaultValueFactory = _ => 1 };
        var ttl = new Option<TimeSpan>("--ttl")
        {
            Description = "How long it can be used: 30s, 15m, 1h, 7d [default: 1h]",
            HelpName = "TIME",
            CustomParser = CommonOptions.ReadDuration,
            DefaultValueFactory = _ => TimeSpan.FromHours(1),
        };
        var name = new Option<string?>("--name") { Description = "A note to yourself", HelpName = "TEXT" };

        var create = new DocumentedCommand(
            "create", "Makes a one-time registration token and prints it, alone, on stdout.",
            "openshare-server token create --account alice --ttl 15m") { account, uses, ttl, name };
        administrator.Wire(
            create,
            (parsed, admin, cancel) => admin.CreateTokenAsync(
                new AdministrationMessages.CreateToken(
                    parsed.GetValue(account)!.Value.Value, parsed.GetValue(uses), (long)parsed.GetValue(ttl).TotalSeconds, parsed.GetValue(name)),
                cancel),
            (token, output) => output.WriteLine(token.Token));
        return new DocumentedCommand("token", "Registration tokens.", "openshare-server token create --account alice") { create, List(administrator), Revoke(administrator) };
    }

    private static Command List(Administrator administrator)
    {
        var account = new Option<AccountId?>("--account") { Description = "Only this account's", HelpName = "ACCOUNT", CustomParser = CommonOptions.ReadAccount };
        return administrator.Wire(
            new DocumentedCommand("list", "Lists the registration tokens that can be used. Their secrets are not kept.", "openshare-server token list --account alice") { account },
            (parsed, admin, cancel) => admin.ListTokensAsync(parsed.GetValue(account), cancel),
            (list, output) => Table.Write(
                output, ["ID", "ACCOUNT", "USES", "UNTIL", "NAME"],
                list.Tokens.Select(t => new[]
                {
                    t.Id, t.AccountId, t.Uses.ToString(CultureInfo.InvariantCulture), t.ExpiresAt.ToString("u", CultureInfo.InvariantCulture), t.Name ?? "",
                })));
    }

    private static Command Revoke(Administrator administrator)
    {
        var which = new Argument<string>("ID") { Description = "A token's id, a unique start of it, or its name" };
        return administrator.Wire(
            new DocumentedCommand("revoke", "Takes a registration token back: no further device registers with it.", "openshare-server token revoke 3f9a11") { which },
            (parsed, admin, cancel) => admin.RevokeTokenAsync(parsed.GetValue(which)!, cancel),
            (revoked, output) => output.WriteLine($"Revoked the token {revoked.Id} for {revoked.AccountId}. Devices that have registered with it go on."));
    }
}
