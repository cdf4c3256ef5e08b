using System.CommandLine;
using System.Globalization;
using OpenShare.Protocol.Identity;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Commands;

internal static class QuotaCommands
{
    public static Command Create(Administrator administrator)
    {
        var anyAccount = new Argument<AccountId?>("ACCOUNT")
        {
            Description = "Only this account's",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => result.Tokens.Count == 0 ? null : CommonOptions.ReadAccount(result),
        };
        var account = new Argument<AccountId?>("ACCOUNT") { Description = "The account", CustomParser = CommonOptions.ReadAccount };
        var devices = new Argument<int>("N") { Description = "How many devices it may have" };
        return new DocumentedCommand("quota", "How many devices an account may have.", "openshare-server quota set alice 20")
        {
            administrator.Wire(
                new DocumentedCommand("show", "Shows each account's devices and quota.", "openshare-server quota show alice") { anyAccount },
                (parsed, admin, cancel) => admin.ShowQuotasAsync(parsed.GetValue(anyAccount), cancel),
                (list, output) => Table.Write(output, ["ACCOUNT", "DEVICES", "QUOTA"], list.Quotas.Select(q => new[] { q.AccountId, Text(q.Devices), Text(q.Limit) }))),
            administrator.Wire(
                new DocumentedCommand("set", "Sets an account's quota.", "openshare-server quota set alice 20") { account, devices },
                (parsed, admin, cancel) => admin.SetQuotaAsync(parsed.GetValue(account)!.Value, new SetQuota(parsed.GetValue(devices)), cancel),
                (quota, output) => output.WriteLine($"{quota.AccountId} may have {quota.Limit} devices and has {quota.Devices}.")),
        };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
