using System.CommandLine;
using System.Globalization;
using OpenShare.Registration.Audit;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Commands;

internal static class AuditCommands
{
    public static Command Create(Administrator administrator)
    {
        var last = new Option<int>("--last") { Description = "So many of the last lines", HelpName = "N", DefaultValueFactory = _ => 50 };
        return new DocumentedCommand("audit", "The log of what this service signed.", "openshare-server audit verify")
        {
            administrator.Wire(
                new DocumentedCommand("show", "Shows the last lines.", "openshare-server audit show --last 10") { last },
                (parsed, admin, cancel) => admin.ShowAuditAsync(parsed.GetValue(last), cancel),
                (shown, output) => Table.Write(
                    output, ["LINE", "AT", "BY", "WHAT", "WHOM"],
                    shown.Lines.Select(l => new[] { l.Number.ToString(CultureInfo.InvariantCulture), l.At.ToString("u", CultureInfo.InvariantCulture), l.By ?? "", What(l.Act), Whom(l.Act) }))),
            administrator.Wire(
                new DocumentedCommand(
                    "verify", "Finds every line that was altered, exchanged or removed, and what no line tells of; exit code 1 where there is any.",
                    "openshare-server audit verify"),
                (_, admin, cancel) => admin.VerifyAuditAsync(cancel),
                Tell,
                verdict => verdict.Holds ? 0 : 1),
        };
    }

    private static void Tell(AuditVerdict verdict, TextWriter output)
    {
        if (verdict.Holds)
        {
            output.WriteLine($"The audit log holds: {verdict.Lines} lines, each signed by this service and following from the one before it; every certificate and every revocation is told of.");
            return;
        }
        output.WriteLine($"The audit log does not hold ({verdict.Lines} lines):");
        foreach (var problem in verdict.Problems)
            output.WriteLine($"  {problem}");
    }

    internal static string What(AuditAct act) => act switch
    {
        AuditAct.LogBegan began => $"the log began, after certificate {began.Serial} and list version {began.ListVersion}",
        AuditAct.CertificateIssued issued => $"certificate {issued.Serial} issued at a registration",
        AuditAct.CertificateRenewed renewed => $"certificate {renewed.Serial} issued as a renewal",
        AuditAct.DeviceRevoked revoked => $"revoked, list version {revoked.ListVersion}{(revoked.Reason is null ? "" : ": " + revoked.Reason)}",
        AuditAct.KeyRotated rotated => $"{rotated.Role} key {rotated.KeyId[..8]} instead of {rotated.Replaced[..8]}{(rotated.Withdrawn ? ", which is withdrawn" : "")}; trust root {rotated.TrustRoot}",
        AuditAct.TokenCreated token => $"token made for {token.Uses} use{(token.Uses == 1 ? "" : "s")}, until {token.ExpiresAt.ToString("u", CultureInfo.InvariantCulture)}",
        AuditAct.TokenRevoked token => $"token {token.Token} revoked, with {token.Uses} use{(token.Uses == 1 ? "" : "s")} left",
        AuditAct.EndorsementWithdrawn endorsement => $"endorsement {endorsement.Certificate[..8]} taken back",
        AuditAct.PromotionAdmitted promotion => $"admitted on the word of {promotion.Sponsor[..8]}",
        AuditAct.PromotionTurnedAway promotion => $"turned away, with the word of {promotion.Sponsor[..8]}{(promotion.Reason is null ? "" : ": " + promotion.Reason)}",
        AuditAct.QuotaSet quota => $"quota set to {quota.Quota}",
        AuditAct.AdminCreated admin => $"{admin.Role} made",
        AuditAct.AdminRevoked => "admin token revoked",
        _ => throw new InvalidOperationException(),
    };

    internal static string Whom(AuditAct act) => act switch
    {
        AuditAct.CertificateIssued(var account, var id, var name, _, _) => $"{name} ({id[..8]}) of {account}",
        AuditAct.CertificateRenewed(var account, var id, var name, _, _) => $"{name} ({id[..8]}) of {account}",
        AuditAct.DeviceRevoked { DeviceNo: 0, DeviceId: var id } => $"{id[..8]}, which was paired and not registered",
        AuditAct.DeviceRevoked(var account, var id, var name, _, _, _) => $"{name} ({id[..8]}) of {account}",
        AuditAct.PromotionAdmitted(var account, var id, var name, _) => $"{name} ({id[..8]}) of {account}",
        AuditAct.PromotionTurnedAway(var account, var id, var name, _, _) => $"{name} ({id[..8]}) of {account}",
        AuditAct.TokenCreated token => token.Account,
        AuditAct.TokenRevoked token => token.Account,
        AuditAct.EndorsementWithdrawn(var account, var sponsor, _) => $"by {sponsor[..8]} of {account}",
        AuditAct.QuotaSet quota => quota.Account,
        AuditAct.AdminCreated admin => admin.Name,
        AuditAct.AdminRevoked admin => admin.Name,
        _ => "",
    };
}
