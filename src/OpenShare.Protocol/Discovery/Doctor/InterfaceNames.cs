namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>What an interface is, by the names that systems and programs give them.</summary>
public static class InterfaceNames
{
    private static readonly string[] Vpn =
        ["tun", "wg", "ppp", "utun", "ipsec", "zt", "tailscale", "nordlynx", "nordtun", "proton", "mullvad", "gpd", "cscotun", "vpn"];

    private static readonly string[] Virtual =
        ["docker", "br-", "virbr", "veth", "vmnet", "vboxnet", "lxc", "lxd", "cni", "flannel", "podman", "tap", "vEthernet", "bridge1"];

    public static InterfaceKind KindOf(string name) =>
        Starts(Vpn, name) ? InterfaceKind.Vpn
        : Starts(Virtual, name) ? InterfaceKind.Virtual
        : InterfaceKind.Ordinary;

    /// <summary>The host's way to itself.</summary>
    public static bool IsLoopback(string name) => name is "lo" or "lo0" || name.StartsWith("Loopback", StringComparison.OrdinalIgnoreCase);

    private static bool Starts(string[] beginnings, string name) => beginnings.Any(b => name.StartsWith(b, StringComparison.OrdinalIgnoreCase));
}
