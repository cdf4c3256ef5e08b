using System.Net;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>What keeps one device away: one finding for each, the first that explains it.</summary>
internal static class DeviceRules
{
    internal static IEnumerable<Finding> Judge(DoctorFacts facts) =>
        facts.Devices.Select(d => Judge(facts, d) with { About = d.Name });

    private static Finding Judge(DoctorFacts facts, DeviceFacts device) => device.Standing switch
    {
        DeviceStanding.Revoked => Finding.Of(
            FindingCode.DeviceRevoked, facts.IsAboutOne,
            $"{device.Words} was revoked.",
            "Every device of the account refuses it.",
            new Remedy("If it is in the right hands again, give it a new home and a new token, and register it there.", "openshare --home NEW register --server URL --token TOKEN")),
        DeviceStanding.Duplicate => Finding.Problem(
            FindingCode.DeviceDuplicate,
            $"{device.Words} is announced from two places at once.",
            "One of them is not what it says, or a home was copied to a second machine. Until one is gone both are refused.",
            new Remedy("Stop the agent on one of the two machines; a copied home must be registered anew.")),
        DeviceStanding.Expired => Finding.Of(
            FindingCode.DeviceExpired, facts.IsAboutOne || device.IsSeen,
            $"The certificate of {device.Words} has expired.",
            "It is refused until it has renewed its certificate, for which it must reach the registration server.",
            new Remedy("Run this there, where it has the network:", "openshare doctor")),
        _ => Reach(facts, device),
    };

    private static Finding Reach(DoctorFacts facts, DeviceFacts device)
    {
        if (device.EndPoints.All(e => e.Connecting == Connecting.Another))
            return Nowhere(facts, device);
        if (device.Link is LinkFacts.Failed failed)
        {
            return Finding.Problem(
                FindingCode.HandshakeFailed,
                $"{device.Words}: somebody answers at {At(device, Connecting.Connected)}, and the handshake comes to nothing. {failed.Detail}",
                "Without a handshake nothing is sent: neither side knows who the other is.",
                new Remedy("Look at what the other device says of itself and of this one, there:", "openshare doctor"));
        }
        if (device.IsLinked && !device.IsReached)
            return PortBlockedThere(device, $"{device.Words} talks to this device, and");
        if (!device.EndPoints.Any(e => IsInThisNetwork(facts, device, e)))
            return OtherSubnet(facts, device);
        if (device.IsReached)
            return Finding.Ok(FindingCode.DeviceReached, $"{device.Words} is reached at {At(device, Connecting.Connected)}{(device.IsSeen ? "" : ", though it is not in sight")}.");
        if (facts.IsHeard(device))
            return PortBlockedThere(device, $"{device.Words} is there, and");
        if (device.EndPoints.Any(e => e.Host == Presence.Answers && e.Connecting == Connecting.NoAnswer))
            return PortBlockedThere(device, $"The machine where {device.Words} last was is there, and");
        return device.EndPoints.Any(e => e.Connecting == Connecting.Refused) ? NotRunning(facts, device) : Silent(facts, device);
    }

    /// <summary>No address of it is known that is not another's.</summary>
    private static Finding Nowhere(DoctorFacts facts, DeviceFacts device)
    {
        if (device.IsLinked)
        {
            return Finding.Note(
                FindingCode.DeviceSilent,
                $"{device.Words} talks to this device over a connection that it made itself; where it takes connections is not known.",
                "While that connection lasts both can send. After it only that device can make another.",
                new Remedy("Run openshare doctor there: it says whether others see that device.", "openshare doctor"));
        }
        return device.EndPoints.IsEmpty
            ? Finding.Of(
                FindingCode.DeviceSilent, facts.IsAbsenceWrong,
                $"{device.Words} is not in sight, and no address of it is known.",
                "It was spoken with before, but never at an address of its own.",
                new Remedy("Start the agent there, and run openshare doctor there too.", "openshare agent"))
            : Finding.Of(
                FindingCode.DeviceSilent, facts.IsAbsenceWrong,
                $"{device.Words} was last at {At(device, Connecting.Another)}, where another device is now.",
                "It is off or asleep, or it has another address by now and is not heard.",
                new Remedy("Start the agent there, and run openshare doctor there too.", "openshare agent"));
    }

    // A link-local address says nothing of the network that it is in: only that it was reached, or heard, does.
    private static bool IsInThisNetwork(DoctorFacts facts, DeviceFacts device, EndPointFacts place) =>
        facts.IsHere(place.EndPoint.Address)
        || (facts.NextTo(place.EndPoint.Address) is not null
            && (!PeerAddresses.IsLinkLocal(place.EndPoint.Address) || place.Connecting == Connecting.Connected || facts.IsHeard(device)));

    private static Finding OtherSubnet(DoctorFacts facts, DeviceFacts device)
    {
        var at = At(device, Connecting.Connected);
        var subnets = string.Join(", ", facts.Used.SelectMany(i => i.Addresses.Where(a => !a.IsSelfAssigned).Select(a => $"{a.Address}/{a.PrefixLength}")));
        return Finding.Of(
            FindingCode.OtherSubnet, facts.IsAbsenceWrong,
            $"{device.Words} {(device.IsSeen ? "is" : "was last")} at {at}, in another network than this device ({(subnets.Length > 0 ? subnets : "no address from the network")}).",
            $"Discovery does not go beyond the own network: neither multicast nor broadcast crosses a router. {(device.IsReached ? "Connections do: it was reached there." : "It was not reached there either.")}",
            device.IsReached
                ? new Remedy("Send to its address, or join both to the same Wi-Fi or cable (a guest network is another one):", Remedies.SendTo(at))
                : new Remedy("Join both to the same Wi-Fi or cable; a guest network is another one. If a router joins the two networks, send to its address:", Remedies.SendTo(at)));
    }

    private static Finding PortBlockedThere(DeviceFacts device, string whoIsThere)
    {
        var at = At(device, Connecting.NoAnswer, Connecting.Refused);
        var how = device.EndPoints.Any(e => e.Connecting == Connecting.NoAnswer) ? "does not answer"
            : device.EndPoints.Any(e => e.Connecting == Connecting.Refused) ? "refuses"
            : "gets no";
        return Finding.Problem(
            FindingCode.PortBlockedThere,
            $"{whoIsThere} {how} connections at {at}.",
            $"A firewall there, or between, keeps them out: {(device.IsLinked ? "once the connection that is open ends, " : "")}nothing can be sent to it from here.",
            new Remedy($"Allow TCP port {at.Port} on {device.Name}; run openshare doctor there for the command. Where it can connect here, sending from there works meanwhile.", "openshare doctor"));
    }

    private static Finding NotRunning(DoctorFacts facts, DeviceFacts device) => Finding.Of(
        FindingCode.NotRunningThere, facts.IsAbsenceWrong,
        $"The machine where {device.Words} last was answers at {At(device, Connecting.Refused).Address}, and nothing listens at port {At(device, Connecting.Refused).Port}.",
        "The agent does not run there, or it took another port and is not found; or another machine has that address now.",
        new Remedy("Start the agent there:", "openshare agent"));

    private static Finding Silent(DoctorFacts facts, DeviceFacts device)
    {
        var at = At(device, Connecting.NoAnswer, Connecting.NoWay);
        var gatewayAnswers = facts.Gateway is { Presence: Presence.Answers } way && facts.NextTo(at.Address)?.Name == way.Interface;
        return Finding.Of(
            FindingCode.DeviceSilent, facts.IsAbsenceWrong,
            $"{device.Words} was last at {at}, in this network, and answers nothing there{(gatewayAnswers ? ", while the gateway answers" : "")}.",
            gatewayAnswers
                ? "It is off or asleep, or it has another address by now, or the access point keeps its clients apart. Seen from here these look alike."
                : "It is off or asleep, or it has another address by now, or this device is not really in that network.",
            new Remedy($"Look whether {device.Name} is on, in this very network, with its agent running (openshare agent). If it is, turn off 'client isolation' (also 'AP isolation' or 'guest network') in the settings of the access point."));
    }

    /// <summary>Of the places that were asked the one that tells most.</summary>
    private static IPEndPoint At(DeviceFacts device, params ReadOnlySpan<Connecting> telling)
    {
        foreach (var kind in telling)
        {
            if (device.EndPoints.FirstOrDefault(e => e.Connecting == kind) is { } found)
                return found.EndPoint;
        }
        return device.EndPoints[0].EndPoint;
    }
}
