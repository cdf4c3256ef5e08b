using System.Globalization;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>This device's certificate, and what it knows of revoked ones.</summary>
internal static class IdentityRules
{
    // Renewal begins at two thirds of a certificate's life (docs/registration.md): with a tenth left it has failed for long.
    private const int LastTenth = 10;

    internal static IEnumerable<Finding> Judge(DoctorFacts facts)
    {
        switch (facts.Identity)
        {
            case IdentityFacts.Unregistered:
                yield return Finding.Problem(
                    FindingCode.NotRegistered,
                    "This device is not registered.",
                    "Without a certificate it is announced to nobody, and no device speaks with it.",
                    new Remedy("Where no server is in reach, have a registered device pair this one (openshare pair show). Else get a one-time token from whoever runs the registration server, and register:", "openshare register --server URL --token TOKEN"));
                break;
            case IdentityFacts.Underway underway:
                yield return Finding.Problem(
                    FindingCode.RegistrationUnderway,
                    $"The registration at {underway.Server} is not done yet. {underway.LastProblem ?? "It was begun just now."}",
                    "Until there is a certificate this device is announced to nobody. It goes on trying by itself while an agent runs.",
                    new Remedy("See to what keeps it, which is said here and below, and leave the agent running:", "openshare agent"));
                break;
            case IdentityFacts.Refused refused:
                yield return Finding.Problem(
                    FindingCode.RegistrationRefused,
                    $"The registration was refused. {refused.Detail}",
                    "Without a certificate this device is announced to nobody. Nothing is tried again by itself.",
                    new Remedy("Register again, with a new token:", "openshare register --server URL --token TOKEN"));
                break;
            case IdentityFacts.Registered registered:
                yield return Certificate(facts, registered);
                if (RevocationList(registered) is { } stale)
                    yield return stale;
                break;
        }
    }

    private static Finding Certificate(DoctorFacts facts, IdentityFacts.Registered own) => own.Standing switch
    {
        CertificateStanding.Revoked => Finding.Problem(
            FindingCode.Revoked,
            "This device was revoked.",
            "Every device of the account refuses it.",
            new Remedy("Ask whoever runs the registration server. If it was a mistake, register in a new home with a new token:", "openshare --home NEW register --server URL --token TOKEN")),
        CertificateStanding.Expired => Finding.Problem(
            FindingCode.CertificateExpired,
            $"The certificate of this device expired on {Date(own.ExpiresAt)}.",
            "Other devices refuse it.",
            Renewal(facts)),
        CertificateStanding.Withdrawn => Finding.Problem(
            FindingCode.CertificateExpired,
            "The organisation has withdrawn the key that issued this device's certificate.",
            "Other devices refuse it until it is renewed.",
            new Remedy("Leave the agent running where it reaches the registration server: it renews by itself.", "openshare agent")),
        _ when own.PairedBy is { } sponsor => Finding.Note(
            FindingCode.Provisional,
            $"This device was paired by {sponsor}, and is not registered: it is provisional, until {Date(own.ExpiresAt)} at the latest.",
            $"It ends sooner where {sponsor} takes it back or is revoked, and is not renewed by itself.",
            new Remedy("Register when the server is in reach:", "openshare register --server URL --token TOKEN")),
        _ when own.ExpiresAt - facts.Clock.Now < (own.ExpiresAt - own.IssuedAt) / LastTenth => Finding.Note(
            FindingCode.CertificateExpiring,
            $"The certificate of this device ends on {Date(own.ExpiresAt)}, and is not renewed yet.",
            "After that other devices refuse it. It is renewed by itself, long before its end, where the agent reaches the registration server; so that has failed for some time.",
            new Remedy("Leave the agent running where it reaches the registration server.", "openshare agent")),
        _ => Finding.Ok(FindingCode.CertificateGood, $"The certificate of this device is good until {Date(own.ExpiresAt)}."),
    };

    // Without another clock to compare with nobody can tell a certificate that has ended from a clock that is ahead.
    private static Remedy Renewal(DoctorFacts facts)
    {
        const string Renew = "If it was a few minutes ago, the agent renews it as soon as it reaches the registration server. Else register anew in a new home:";
        const string Register = "openshare --home NEW register --server URL --token TOKEN";
        return facts.Clock.AheadOfServer is null
            ? new Remedy($"Look first whether the clock of this machine is right, which the registration server did not say; have it set from the network. {Renew} {Register}", Remedies.SetClock(facts))
            : new Remedy(Renew, Register);
    }

    private static Finding? RevocationList(IdentityFacts.Registered own)
    {
        var remedy = new Remedy("Have the agent reach the registration server, or a device that has the newest list. This asks the server now:", "openshare revocation refresh");
        return own.RevocationList == 0
            ? Finding.Note(
                FindingCode.RevocationListStale,
                "This device has no list of revoked devices yet.",
                "It would speak with a device that was lost and revoked.",
                remedy)
            : own.IsListStale
                ? Finding.Problem(
                    FindingCode.RevocationListStale,
                    $"The list of revoked devices (version {own.RevocationList}) is past its time.",
                    "It is used on, but devices revoked since are not known here: this device would speak with them.",
                    remedy)
                : null;
    }

    private static string Date(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
