using System.Net;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>The second way of finding: UDP broadcast, for networks that keep multicast back.</summary>
internal static class BroadcastRules
{
    internal static IEnumerable<Finding> Judge(DoctorFacts facts)
    {
        if (facts.Used.Where(i => !i.Broadcast.Answered.IsEmpty).ToList() is { Count: > 0 } answered)
            yield return Finding.Ok(FindingCode.BroadcastWorks, $"Broadcast works on {string.Join(", ", answered.Select(i => i.Name))}.");
        foreach (var network in facts.Used.Where(i => i.Broadcast is { Sending: Sending.Sent, IsOwnHeard: true, Answered.IsEmpty: true } && AnswersPass(i)))
        {
            if (facts.Others.FirstOrDefault(d => IsThere(facts, d, network)) is not { } silent)
                continue;
            var isNeeded = network.Multicast is not { GoesOut: true, ComesIn: true };
            yield return Finding.Of(
                FindingCode.BroadcastBlocked, isNeeded,
                $"{silent.Words} is there, on {network.Name}, and does not answer a question by broadcast (UDP port {MdnsMachine.BroadcastPort}).",
                isNeeded ? "Where multicast does not pass, devices look for each other by broadcast; here that does not pass either." : "Devices fall back to broadcast where multicast does not pass. Multicast works here, so nothing is lost.",
                new Remedy($"Allow UDP port {MdnsMachine.BroadcastPort} in the firewalls of both devices, and broadcast between clients in the settings of the access point ('client isolation' and 'broadcast filtering' off).", Remedies.AllowBroadcastIn(facts))) with { About = silent.Name };
        }
    }

    // A firewall that lets in only what was asked for takes an answer to everybody's question for something new. One that did
    // get here shows that there is none of that kind.
    private static bool AnswersPass(InterfaceFacts network) => network.Multicast.AnsweredAlone.Any(IsV4);

    private static bool IsThere(DoctorFacts facts, DeviceFacts device, InterfaceFacts network) =>
        (facts.IsHeard(device) || device.IsLinked)
        && !facts.Used.Any(i => device.EndPoints.Any(e => i.Broadcast.Answered.Contains(e.EndPoint.Address)))
        && device.EndPoints.Any(e => network.Addresses.Any(a => a.Contains(e.EndPoint.Address)) && IsV4(e.EndPoint.Address));

    private static bool IsV4(IPAddress address) => address.GetAddressBytes().Length == 4;
}
