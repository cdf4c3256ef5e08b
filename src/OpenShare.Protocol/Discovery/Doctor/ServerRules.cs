namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>The registration server: its name, the way to it, its key, and what it answers, each said apart.</summary>
internal static class ServerRules
{
    private const string Without = "Devices see and reach each other without it. Renewals, and news of revoked devices, wait for it.";

    internal static IEnumerable<Finding> Judge(DoctorFacts facts)
    {
        switch (facts.Server)
        {
            case ServerFacts.Answers answers:
                yield return Finding.Ok(FindingCode.ServerAnswers, $"The registration server {answers.Server.Authority} answers{(answers.IsProven ? ", and is the one it should be" : "")}.");
                break;
            case ServerFacts.NameUnknown unknown:
                yield return Finding.Problem(
                    FindingCode.ServerNameUnknown,
                    $"The name of the registration server, {unknown.Server.Host}, has no address here.",
                    Without,
                    new Remedy("Look whether names work at all on this network (DNS), and whether the name needs a VPN. This asks for it:", Lookup(facts, unknown.Server.Host)));
                break;
            case ServerFacts.Unreachable unreachable:
                yield return Finding.Problem(
                    FindingCode.ServerUnreachable,
                    $"The registration server {unreachable.Server.Authority} cannot be reached: {unreachable.Detail}.",
                    Without,
                    new Remedy("Look whether this network has a way to it, and whether a firewall keeps its port closed. This tries it:", $"curl --insecure --max-time 5 {Health(unreachable.Server)}"));
                break;
            case ServerFacts.NotRunning stopped:
                yield return Finding.Problem(
                    FindingCode.ServerNotRunning,
                    $"The machine of the registration server is there, and nothing listens at {stopped.Server.Authority}.",
                    Without,
                    new Remedy("Start it there:", "openshare-server run"));
                break;
            case ServerFacts.NotTrusted other:
                yield return Finding.Problem(
                    FindingCode.ServerNotTrusted,
                    $"What answers at {other.Server.Authority} is not this device's registration server. {other.Detail}",
                    $"Somebody is in between (a captive portal of a Wi-Fi, a proxy that opens TLS), or the address is another's. Nothing was told to it. {Without}",
                    new Remedy("Sign in to the Wi-Fi if it wants that, or use a network without such a proxy. If the server was set up anew, register in a new home."));
                break;
            case ServerFacts.NotValidNow late:
                yield return Finding.Problem(
                    FindingCode.ServerNotTrusted,
                    $"The certificate of the registration server {late.Server.Authority} is not valid at this machine's time.",
                    $"Either the clock of this machine is wrong, or that certificate has ended. {Without}",
                    new Remedy("Look at the clock first, and have it set from the network. If it is right, the server needs a new certificate.", Remedies.SetClock(facts)));
                break;
            case ServerFacts.Fails fails:
                yield return Finding.Problem(
                    FindingCode.ServerFails,
                    $"What answers at {fails.Server.Authority} does not answer as a registration server: {fails.Detail}",
                    Without,
                    new Remedy("Look at the log of openshare-server, or at what is in front of it. This shows what answers:", $"curl --insecure --include {Health(fails.Server)}"));
                break;
        }
    }

    // It may be under a path of what is in front of it.
    private static string Health(Uri server) => server.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/health";

    private static string Lookup(DoctorFacts facts, string name) => facts.Platform == DoctorPlatform.Linux ? $"getent hosts {name}" : $"nslookup {name}";
}
