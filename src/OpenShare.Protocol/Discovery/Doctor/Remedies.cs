using System.Globalization;
using System.Net;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>What mends a thing, in the words and commands of the platform it is to be mended on.</summary>
internal static class Remedies
{
    internal static string? AllowPort(DoctorFacts facts, int port) => facts.Firewall switch
    {
        HostFirewall.Ufw => Text($"sudo ufw allow {port}/tcp"),
        HostFirewall.Firewalld => Text($"sudo firewall-cmd --add-port={port}/tcp --permanent && sudo firewall-cmd --reload"),
        HostFirewall.Nftables => Text($"sudo nft insert rule inet filter input tcp dport {port} accept"),
        HostFirewall.Windows => Text($"netsh advfirewall firewall add rule name=OpenShare dir=in action=allow protocol=TCP localport={port}"),
        HostFirewall.MacOs => "sudo /usr/libexec/ApplicationFirewall/socketfilterfw --unblockapp \"$(which openshare)\"",
        _ => null,
    };

    internal static string? AllowMulticastIn(DoctorFacts facts) => facts.Firewall switch
    {
        HostFirewall.Ufw => Text($"sudo ufw allow {MdnsMachine.Port}/udp"),
        HostFirewall.Firewalld => "sudo firewall-cmd --add-service=mdns --permanent && sudo firewall-cmd --reload",
        HostFirewall.Nftables => Text($"sudo nft insert rule inet filter input udp dport {MdnsMachine.Port} accept"),
        HostFirewall.Windows => Text($"netsh advfirewall firewall add rule name=\"OpenShare discovery\" dir=in action=allow protocol=UDP localport={MdnsMachine.Port}"),
        HostFirewall.MacOs => "sudo /usr/libexec/ApplicationFirewall/socketfilterfw --unblockapp \"$(which openshare)\"",
        _ => null,
    };

    internal static string? AllowBroadcastIn(DoctorFacts facts) => facts.Firewall switch
    {
        HostFirewall.Ufw => Text($"sudo ufw allow {MdnsMachine.BroadcastPort}/udp"),
        HostFirewall.Firewalld => Text($"sudo firewall-cmd --add-port={MdnsMachine.BroadcastPort}/udp --permanent && sudo firewall-cmd --reload"),
        HostFirewall.Nftables => Text($"sudo nft insert rule inet filter input udp dport {MdnsMachine.BroadcastPort} accept"),
        HostFirewall.Windows => Text($"netsh advfirewall firewall add rule name=\"OpenShare broadcast\" dir=in action=allow protocol=UDP localport={MdnsMachine.BroadcastPort}"),
        _ => null,
    };

    internal static string? AllowMulticastOut(DoctorFacts facts) => facts.Firewall switch
    {
        HostFirewall.Ufw => Text($"sudo ufw allow out {MdnsMachine.Port}/udp"),
        HostFirewall.Firewalld => Text($"sudo firewall-cmd --direct --add-rule ipv4 filter OUTPUT 0 -p udp --dport {MdnsMachine.Port} -j ACCEPT"),
        HostFirewall.Nftables => Text($"sudo nft insert rule inet filter output udp dport {MdnsMachine.Port} accept"),
        HostFirewall.Windows => Text($"netsh advfirewall firewall add rule name=\"OpenShare discovery out\" dir=out action=allow protocol=UDP remoteport={MdnsMachine.Port}"),
        _ => null,
    };

    /// <summary>Which program has a port.</summary>
    internal static string? WhoHas(DoctorFacts facts, int port, bool isUdp) => facts.Platform switch
    {
        DoctorPlatform.Linux => Text($"sudo ss -{(isUdp ? "u" : "t")}lnp 'sport = :{port}'"),
        DoctorPlatform.MacOs => Text($"sudo lsof -nP -i{(isUdp ? "UDP" : "TCP")}:{port}"),
        DoctorPlatform.Windows => Text($"netstat -ano -p {(isUdp ? "UDP" : "TCP")} | findstr :{port}"),
        _ => null,
    };

    internal static string? ShowAddresses(DoctorFacts facts) => facts.Platform switch
    {
        DoctorPlatform.Linux => "ip -brief address",
        DoctorPlatform.Windows => "ipconfig",
        DoctorPlatform.MacOs => "ifconfig",
        _ => null,
    };

    internal static string? SetClock(DoctorFacts facts) => facts.Platform switch
    {
        DoctorPlatform.Linux => "sudo timedatectl set-ntp true",
        DoctorPlatform.Windows => "w32tm /resync",
        DoctorPlatform.MacOs => "sudo sntp -sS time.apple.com",
        _ => null,
    };

    internal static string SendTo(IPEndPoint endPoint) => $"openshare send FILE --to {endPoint}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
