namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>Interfaces, addresses, tunnels, and the way to the gateway.</summary>
internal static class NetworkRules
{
    internal static IEnumerable<Finding> Judge(DoctorFacts facts)
    {
        foreach (var wanted in facts.WantedInterfaces.Where(w => !InterfaceNames.IsLoopback(w) && !facts.Interfaces.Any(i => i.Name == w)))
        {
            yield return Finding.Problem(
                FindingCode.InterfaceMissing,
                $"Discovery was told to use the interface {wanted}, and none of that name is up here. There is: {Names(facts)}.",
                "On an interface that is not there nobody is found.",
                new Remedy("Start the agent without --interface (and without OPENSHARE__INTERFACES), or with one of those that are up.", Remedies.ShowAddresses(facts))) with { About = wanted };
        }
        if (facts.Used.IsEmpty)
        {
            if (facts.WantedInterfaces.IsEmpty)
            {
                yield return Finding.Problem(
                    FindingCode.NoNetwork,
                    "No network interface but loopback is up and has an address.",
                    "This device is on no network: it sees, and is seen by, nobody but agents on this very machine.",
                    new Remedy("Connect to the Wi-Fi or plug in the cable, and look whether an address comes.", Remedies.ShowAddresses(facts)));
            }
            yield break;
        }
        yield return Finding.Ok(FindingCode.NetworkWorks, $"On the network: {string.Join("; ", facts.Used.Select(Words))}.");
        foreach (var finding in Addresses(facts).Concat(Tunnels(facts)).Concat(Gateway(facts)))
            yield return finding;
    }

    private static IEnumerable<Finding> Addresses(DoctorFacts facts)
    {
        if (facts.Used.All(i => i.Addresses.All(a => a.IsSelfAssigned)))
        {
            yield return Finding.Note(
                FindingCode.OnlySelfAssigned,
                $"This device got no address from the network: it has only those it made up itself ({string.Join("; ", facts.Used.Select(Words))}).",
                "Devices on the same cable or Wi-Fi still find each other so. The registration server, and all beyond, is out of reach.",
                new Remedy("Look whether the router gives addresses (DHCP) and whether this device is joined to its network.", Remedies.ShowAddresses(facts)));
        }
        if (facts.Used.All(i => i.Kind != InterfaceKind.Ordinary))
        {
            yield return Finding.Of(
                FindingCode.OnlyVirtualNetworks, !facts.IsAnybodyThere,
                $"All networks here are tunnels, or networks of virtual machines and containers: {string.Join("; ", facts.Used.Select(Words))}.",
                "Devices on the Wi-Fi or the cable are not on these, and are not found.",
                new Remedy("Join this machine itself to the network of the other devices; a container needs the host's network.", "docker run --network host …"));
        }
    }

    private static IEnumerable<Finding> Tunnels(DoctorFacts facts)
    {
        if (facts.Gateway is { } way && facts.Interfaces.FirstOrDefault(i => i.Name == way.Interface) is { Kind: InterfaceKind.Vpn } tunnel)
        {
            yield return Finding.Of(
                FindingCode.VpnTakesTraffic, !facts.IsAnybodyThere,
                $"The traffic of this machine goes through the VPN {tunnel.Name}.",
                "Many VPN programs keep the local network away while they run: devices beside this one are then neither seen nor reached.",
                new Remedy($"Allow the local network in the VPN's settings (often called 'local network access' or 'split tunnelling'), or disconnect {tunnel.Name} while you share files.")) with { About = tunnel.Name };
        }
    }

    private static IEnumerable<Finding> Gateway(DoctorFacts facts)
    {
        if (facts.Gateway is { Address: { } address, Presence: Presence.Silent } gateway)
        {
            yield return Finding.Of(
                FindingCode.GatewaySilent, !facts.IsAnybodyThere,
                $"The gateway of this network, {address} on {gateway.Interface}, does not answer.",
                "Either this device is not really connected, though it has an address, or the gateway is off. Beyond it nothing is reached.",
                new Remedy("Join the Wi-Fi again or look at the cable; look whether the router is on.", Remedies.ShowAddresses(facts))) with { About = gateway.Interface };
        }
    }

    private static string Names(DoctorFacts facts) => facts.Interfaces.IsEmpty ? "none" : string.Join(", ", facts.Interfaces.Select(i => i.Name));

    private static string Words(InterfaceFacts network) =>
        $"{network.Name}{(network.Kind switch { InterfaceKind.Vpn => " (VPN)", InterfaceKind.Virtual => " (virtual)", _ => "" })} {string.Join(", ", network.Addresses.Select(a => $"{a.Address}/{a.PrefixLength}"))}";
}
