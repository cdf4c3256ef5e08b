using System.Net;
using OpenShare.Protocol.Discovery.Places;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>What keeps one device away: one finding for each, the first that explains it.</summary>
internal static partial class DeviceRules
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
            new Remedy("Stop the agent on one of the two machines; a copied home must be registered anew. Then say so, here and on every device that warns of it:", device.Id is { } id ? $"openshare peers resolve {id.ToString()[..8]}" : "openshare peers resolve DEVICE")),
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

    // A link-local address says nothing of the network that it is in: only that it was reached, or heard, does.
    private static bool IsInThisNetwork(DoctorFacts facts, DeviceFacts device, EndPointFacts place) =>
        facts.IsHere(place.EndPoint.Address)
        || (facts.NextTo(place.EndPoint.Address) is not null
            && (!PeerAddresses.IsLinkLocal(place.EndPoint.Address) || place.Connecting == Connecting.Connected || facts.IsHeard(device)));

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
