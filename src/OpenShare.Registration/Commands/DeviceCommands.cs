using System.CommandLine;
using System.Globalization;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Administration;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Commands;

internal static class DeviceCommands
{
    public static Command Create(Administrator administrator)
    {
        var which = new Argument<string>("ID") { Description = "A device's id, a unique start of it, or its name" };
        return new DocumentedCommand("device", "Registered devices.", "openshare-server device list")
        {
            List(administrator),
            administrator.Wire(
                new DocumentedCommand("show", "Shows one device.", "openshare-server device show 3f9a") { which },
                (parsed, admin, cancel) => admin.ShowDeviceAsync(parsed.GetValue(which)!, cancel),
                Show),
            Revoke(administrator, which),
            PromotionCommands.Waiting(administrator),
            PromotionCommands.Admit(administrator),
            PromotionCommands.TurnAway(administrator),
        };
    }

    private static Command List(Administrator administrator)
    {
        var account = new Option<AccountId?>("--account")
        {
            Description = "Only this account's",
            HelpName = "ACCOUNT",
            CustomParser = CommonOptions.ReadAccount,
        };
        return administrator.Wire(
            new DocumentedCommand("list", "Lists the registered devices.", "openshare-server device list --account alice") { account },
            (parsed, admin, cancel) => admin.ListDevicesAsync(parsed.GetValue(account), cancel),
            (list, output) => Table.Write(
                output, ["NAME", "ID", "ACCOUNT", "STATE", "CERTIFICATE UNTIL"],
                list.Devices.Select(d => new[] { d.Name, d.DeviceId, d.AccountId, d.State, Day(d.CertExpiresAt) })));
    }

    private static Command Revoke(Administrator administrator, Argument<string> which)
    {
        var reason = new Option<string?>("--reason") { Description = "Why; it is kept with the device and in the audit log", HelpName = "TEXT" };
        var paired = new Option<bool>("--paired") { Description = "It may be a device that was paired and is not registered here, named by its whole id" };
        return administrator.Wire(
            new DocumentedCommand("revoke", "Revokes a device for good: no other device talks to it again.", "openshare-server device revoke 3f9a --reason \"lost on a train\"") { which, reason, paired },
            (parsed, admin, cancel) => admin.RevokeDeviceAsync(parsed.GetValue(which)!, new RevokeDevice(parsed.GetValue(reason), parsed.GetValue(paired)), cancel),
            (revoked, output) => output.WriteLine($"Revoked {(revoked.Name.Length > 0 ? $"{revoked.Name} ({revoked.DeviceId})" : revoked.DeviceId)}. The revocation list is now version {revoked.CrlVersion}."));
    }

    private static void Show(Device device, TextWriter output)
    {
        output.WriteLine($"Name         {device.Name}");
        output.WriteLine($"Id           {device.DeviceId}");
        output.WriteLine($"Account      {device.AccountId}");
        output.WriteLine($"Platform     {device.Platform}, OpenShare {device.AppVersion}");
        output.WriteLine($"Number       {device.DeviceNo}");
        output.WriteLine($"Registered   {Second(device.RegisteredAt)}");
        output.WriteLine($"Certificate  serial {device.Serial}, until {Second(device.CertExpiresAt)}");
        var why = device.RevokeReason is null ? "" : $": {device.RevokeReason}";
        output.WriteLine(device.RevokedAt is { } at ? $"State        revoked {Second(at)}{why}" : $"State        {device.State}");
    }

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Second(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);
}
