using System.Net;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>Multicast both ways: what this device asks reaches others, and what others say reaches this device.</summary>
internal static class MulticastRules
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
            yield break;
        }
        var asked = facts.Used.Where(i => i.Multicast.Sending == Sending.Sent).ToList();
        if (asked.Count == 0)
            yield break;
        var deaf = Unanswering(facts).ToList();
        foreach (var finding in Directions(facts, asked, deaf.Count > 0 || asked.Exists(i => !i.Broadcast.Answered.IsEmpty)))
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

    private static IEnumerable<Finding> Directions(DoctorFacts facts, List<InterfaceFacts> asked, bool isExplained)
    {
        var (goesOut, comesIn) = (asked.Exists(i => i.Multicast.GoesOut), asked.Exists(i => i.Multicast.ComesIn));
        if (goesOut && comesIn)
        {
            var hosts = asked.SelectMany(i => i.Multicast.AnsweredAlone.Concat(i.Multicast.Heard)).Distinct().Count();
            yield return Finding.Ok(FindingCode.MulticastWorks, $"Multicast works both ways: asked by it, {(hosts == 1 ? "another host" : "other hosts")} answered.");
        }
        else if (goesOut)
        {
            yield return Finding.Problem(
                FindingCode.MulticastInBlocked,
                "Others hear this device's multicast and answer it, and no multicast of theirs comes in.",
                "This device is seen and does not see: announcements of others never get here.",
                new Remedy($"Most often a firewall on this machine keeps UDP port {MdnsMachine.Port} out: allow it. Else: {SwitchesOff}", Remedies.AllowMulticastIn(facts)));
        }
        else if (asked.Exists(i => !i.Multicast.HeardDevices.IsEmpty))
        {
            yield return Finding.Problem(
                FindingCode.MulticastOutBlocked,
                "Multicast of other devices comes in, and none of them answers what this device asks by multicast.",
                "This device sees others and is not seen: its announcements do not get there.",
                new Remedy($"Something between keeps this device's multicast back. {SwitchesOff}"));
        }
        else if (!isExplained && !facts.Others.Any(d => d.Standing == DeviceStanding.Good))
        {
            yield return Finding.Note(
                FindingCode.NobodyAnswers,
                "Nobody answered a question by multicast, and no multicast of others was heard.",
                "Either no other device is on this network with its agent running, or the network keeps multicast back. Seen from here the two look alike.",
                new Remedy("Start the agent on the other device (openshare agent) and run openshare doctor there too. If it finds nobody either, have the access point allow multicast; meanwhile send to its address:", "openshare send FILE --to HOST:PORT"));
        }
    }

    /// <summary>Devices that are reached beside this one, and of which no multicast was heard and no answer came.</summary>
    private static IEnumerable<(DeviceFacts Device, IPEndPoint At)> Unanswering(DoctorFacts facts)
    {
        foreach (var device in facts.Others.Where(d => !d.EndPoints.Any(e => facts.Used.Any(i => i.Multicast.IsOf(e.EndPoint.Address)))))
        {
            var reached = device.EndPoints.FirstOrDefault(e =>
                e.Connecting == Connecting.Connected && facts.NextTo(e.EndPoint.Address) is { Multicast.Sending: Sending.Sent });
            if (reached is not null)
                yield return (device, reached.EndPoint);
        }
    }

    private static Finding Blocked(DoctorFacts facts, DeviceFacts device, IPEndPoint at)
    {
        var network = facts.NextTo(at.Address)!;
        var othersAnswer = network.Multicast.GoesOut || network.Multicast.ComesIn;
        var isKeptHere = facts.Devices.Any(d => d.Link is LinkFacts.Open { DialBack: DialBack.NotReached });
        return Finding.Of(
            FindingCode.MulticastBlocked, !network.Broadcast.Answered.Contains(at.Address),
            $"{device.Words} answers at {at}, and not by multicast{(othersAnswer ? ", while others do" : "")}.",
            "Devices find each other by multicast. Where it does not pass, they do not see each other, though they could connect.",
            othersAnswer ? new Remedy($"A firewall on {device.Name} keeps UDP port {MdnsMachine.Port} out or in: allow it there. Meanwhile send to its address:", Remedies.SendTo(at))
            : isKeptHere ? new Remedy($"A firewall on this machine keeps connections out, and UDP port {MdnsMachine.Port} most likely too: allow it. Else: {SwitchesOff}", Remedies.AllowMulticastIn(facts))
            : new Remedy($"{SwitchesOff} Meanwhile send to its address:", Remedies.SendTo(at))) with { About = device.Name };
    }
}
