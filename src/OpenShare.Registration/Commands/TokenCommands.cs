using System.CommandLine;
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
        return new DocumentedCommand("token", "Registration tokens.", "openshare-server token create --account alice") { create };
    }
}
