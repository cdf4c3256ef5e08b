using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>Multicast both ways: what this device asks reaches others, and what others say reaches this device.</summary>
internal static partial class MulticastRules
{
    private const string SwitchesOff =
        "In the settings of the access point or switch, allow multicast between its clients: turn off 'multicast filtering', 'IGMP snooping' without a querier, and 'AP' or 'client isolation'.";

    internal static IEnumerable<Finding> Judge(DoctorFacts facts)
    {
        if (facts.Used.Where(i => i.Multicast.Sending == Sending.Forbidden).ToList() is { Count: > 0 } kept)
        {
            yield return Finding.Problem(
                FindingCode.FirewallBlocksOut,
                $"A firewall on this machine does not let multicast DNS (UDP port {MdnsMachine.Port}) out on {string.Join(", ", kept.Select(i => i.Name))}.",
                "Nobody hears this device: it is not seen, and its questions are not answered.",
                new Remedy($"Let UDP port {MdnsMachine.Port} out to 224.0.0.251 and ff02::fb.", Remedies.AllowMulticastOut(facts)));
        }
        var asked = facts.Used.Where(i => i.Multicast.Sending == Sending.Sent).ToList();
        if (asked.Count == 0 && facts.Used.Where(i => i.Multicast.Sending == Sending.Failed).ToList() is { Count: > 0 } failed)
        {
            yield return Finding.Problem(
                FindingCode.MulticastFails,
                $"This machine cannot send multicast on {string.Join(", ", failed.Select(i => $"{i.Name}: {i.Multicast.Trouble ?? "it fails"}"))}.",
                "Nobody hears this device: it is not seen, and its questions are not answered.",
                new Remedy("Look whether the interface has an address and is joined to a network, and whether multicast is on for it.", Remedies.ShowAddresses(facts)));
        }
        var deaf = Unanswering(facts).ToList();
        foreach (var finding in Works(asked).Concat(asked.SelectMany(i => Directions(facts, i))).Concat(Nobody(facts, deaf.Count > 0)))
            yield return finding;
        foreach (var (device, at) in deaf)
            yield return Blocked(facts, device, at);
        foreach (var network in asked.Where(i => !i.Broadcast.Answered.IsEmpty && i.Multicast is { GoesOut: false, ComesIn: false } && !deaf.Exists(d => i.IsNextTo(d.At.Address))))
        {
            yield return Finding.Note(
                FindingCode.MulticastBlocked,
                $"On {network.Name} {network.Broadcast.Answered[0]} answers by broadcast, and nobody by multicast.",
                "Devices find each other by broadcast there, some seconds later than by multicast, and not over IPv6.",
                new Remedy(SwitchesOff)) with { About = network.Name };
        }
    }

    private static IEnumerable<Finding> Works(List<InterfaceFacts> asked)
    {
        if (asked.Where(i => i.Multicast is { GoesOut: true, ComesIn: true }).ToList() is not { Count: > 0 } working)
            yield break;
        var hosts = working.SelectMany(i => i.Multicast.AnsweredAlone.Concat(i.Multicast.Heard)).Distinct().Count();
        yield return Finding.Ok(
            FindingCode.MulticastWorks,
            $"Multicast works both ways on {string.Join(", ", working.Select(i => i.Name))}: asked by it, {(hosts == 1 ? "another host" : "other hosts")} answered.");
    }

    private static IEnumerable<Finding> Directions(DoctorFacts facts, InterfaceFacts network)
    {
        if (network.Multicast is { GoesOut: true, ComesIn: false })
        {
            yield return Finding.Problem(
                FindingCode.MulticastInBlocked,
                $"On {network.Name} others hear this device's multicast and answer it, and no multicast of theirs comes in.",
                "This device is seen and does not see: announcements of others never get here.",
                new Remedy($"Most often a firewall on this machine keeps UDP port {MdnsMachine.Port} out: allow it. Else: {SwitchesOff}", Remedies.AllowMulticastIn(facts))) with { About = network.Name };
        }
        else if (network.Multicast is { GoesOut: false, HeardDevices.IsEmpty: false })
        {
            yield return Finding.Problem(
                FindingCode.MulticastOutBlocked,
                $"On {network.Name} multicast of other devices comes in, and none of them answers what this device asks by multicast.",
                "This device sees others and is not seen: its announcements do not get there.",
                new Remedy($"Something between keeps this device's multicast back. {SwitchesOff}")) with { About = network.Name };
        }
    }

    private static IEnumerable<Finding> Nobody(DoctorFacts facts, bool isExplained)
    {
        var isAsked = facts.Telling.Any(i => i.Multicast.Sending == Sending.Sent);
        var isAnswered = facts.Telling.Any(i => i.Multicast.GoesOut || !i.Multicast.HeardDevices.IsEmpty || !i.Broadcast.Answered.IsEmpty);
        if (isAsked && !isAnswered && !isExplained && !facts.Others.Any(d => d.Standing == DeviceStanding.Good))
        {
            yield return Finding.Note(
                FindingCode.NobodyAnswers,
                "Nobody answered a question by multicast, and no multicast of others was heard.",
                "Either no other device is on this network with its agent running, or a firewall or the network keeps multicast back. Seen from here these look alike.",
                new Remedy($"Start the agent on the other device (openshare agent) and run openshare doctor there too. If it finds nobody either, allow UDP port {MdnsMachine.Port} on both and have the access point allow multicast; meanwhile send to its address:", "openshare send FILE --to HOST:PORT"));
        }
    }
}
