using System.Net;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>Devices that are there, and that multicast keeps apart.</summary>
internal static partial class MulticastRules
{
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
        var isFound = network.Broadcast.Answered.Contains(at.Address);
        return Finding.Of(
            FindingCode.MulticastBlocked, !isFound,
            $"{device.Words} answers at {at}, and not by multicast{(othersAnswer ? ", while others do" : "")}.",
            isFound
                ? "Devices find each other by multicast. Where it does not pass, as here, they do by broadcast, some seconds later and not over IPv6."
                : "Devices find each other by multicast. Where it does not pass, they do not see each other, though they could connect.",
            othersAnswer ? new Remedy($"A firewall on {device.Name} keeps UDP port {MdnsMachine.Port} out or in: allow it there. Meanwhile send to its address:", Remedies.SendTo(at))
            : isKeptHere || facts.Firewall != HostFirewall.Unknown ? OwnFirewall(facts, at, isKeptHere)
            : new Remedy($"Where a firewall runs on this machine or on {device.Name}, allow UDP port {MdnsMachine.Port} in it. {SwitchesOff} Meanwhile send to its address:", Remedies.SendTo(at))) with { About = device.Name };
    }

    // One that lets in only what was asked for drops the answers too, and it is nearer than the access point.
    private static Remedy OwnFirewall(DoctorFacts facts, IPEndPoint at, bool isKeptHere) => new(
        $"{(isKeptHere ? "A firewall on this machine keeps connections out, and" : "First see to the firewall of this machine: it may keep")} UDP port {MdnsMachine.Port}{(isKeptHere ? " most likely too" : " out")}. Allow it. Else: {SwitchesOff} Meanwhile send to its address ({Remedies.SendTo(at)}).",
        Remedies.AllowMulticastIn(facts));
}
