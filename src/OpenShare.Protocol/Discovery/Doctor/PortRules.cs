using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>The ports that this device needs, and whether others can connect to it.</summary>
internal static class PortRules
{
    private const int MostNamed = 3;

    internal static IEnumerable<Finding> Judge(DoctorFacts facts)
    {
        if (facts.Used.Where(i => i.Multicast.Sending == Sending.PortTaken).ToList() is { Count: > 0 } taken)
        {
            yield return Finding.Problem(
                FindingCode.MdnsPortTaken,
                $"Another program has UDP port {MdnsMachine.Port} for itself (on {string.Join(", ", taken.Select(i => i.Name))}).",
                "That is the port of multicast DNS. Without it this device hears no announcement and makes none.",
                new Remedy("Stop that program, or have it share the port (Avahi, Bonjour and OpenShare do). This shows which it is:", Remedies.WhoHas(facts, MdnsMachine.Port, isUdp: true)));
        }
        foreach (var finding in Listening(facts).Concat(DialBacks(facts)))
            yield return finding;
        if (!facts.IsAgentRunning)
        {
            yield return Finding.Note(
                FindingCode.AgentNotRunning,
                "No agent is running here; the one that looked around for this ends now.",
                "Others see this device, and send to it, only while an agent runs.",
                new Remedy("Start one:", "openshare agent"));
        }
    }

    private static IEnumerable<Finding> Listening(DoctorFacts facts)
    {
        switch (facts.Listening)
        {
            case ListeningFacts.Taken taken:
                yield return Finding.Problem(
                    FindingCode.ListenPortTaken,
                    $"The agent is to take connections at {taken.Wanted}, and another program listens there.",
                    "The agent does not start so, and nobody can send to this device.",
                    new Remedy($"Choose another port ({Remedies.ListenAt(0)} takes any that is free), or end the other program. This shows which it is:", Remedies.WhoHas(facts, taken.Wanted.Port, isUdp: false)));
                break;
            case ListeningFacts.NoSuchAddress missing:
                yield return Finding.Problem(
                    FindingCode.ListenAddressMissing,
                    $"The agent is to take connections at {missing.Wanted}, and no interface here has the address {missing.Wanted.Address}.",
                    "The agent does not start so. Addresses change when a device joins another network.",
                    new Remedy("Listen on all addresses:", $"openshare agent {Remedies.ListenAt(missing.Wanted.Port)}"));
                break;
        }
    }

    private static IEnumerable<Finding> DialBacks(DoctorFacts facts)
    {
        if (facts.Listening is not ListeningFacts.Open listening)
            yield break;
        var asked = facts.Others.Where(d => d.Link is LinkFacts.Open { DialBack: not DialBack.Unknown }).ToLookup(d => ((LinkFacts.Open)d.Link).DialBack == DialBack.Reached);
        if (asked[false].ToList() is { Count: > 0 } kept)
        {
            yield return listening.IsPassing
                ? Finding.Note(
                    FindingCode.PortBlockedHere,
                    $"{Names(kept)} cannot connect to this device at TCP port {listening.Port}, which was free and taken for this look alone.",
                    "A firewall on this machine, or between, keeps connections out at that port. The agent will have another, of which this says little.",
                    new Remedy($"Give the agent a port of its own, such as {Remedies.ListenAt(4747)}, allow TCP at that port on this machine, and run openshare doctor while the agent runs."))
                : Finding.Problem(
                    FindingCode.PortBlockedHere,
                    $"{Names(kept)} cannot connect to this device at TCP port {listening.Port}.",
                    "A firewall on this machine, or between, keeps connections out. Devices that only see this one cannot send to it.",
                    new Remedy(
                        $"Allow TCP port {listening.Port} on this machine. Where the agent takes any port (the default) it keeps the one that it had, while that is free; {Remedies.ListenAt(listening.Port)} makes sure of it.",
                        Remedies.AllowPort(facts, listening.Port)));
        }
        else if (asked[true].Any())
        {
            yield return Finding.Ok(FindingCode.PortOpen, $"{Names([.. asked[true]])} can connect to this device at TCP port {listening.Port}.");
        }
    }

    private static string Names(List<DeviceFacts> devices) =>
        string.Join(", ", devices.Take(MostNamed).Select(d => d.Words)) + (devices.Count > MostNamed ? $" and {devices.Count - MostNamed} more" : "");
}
