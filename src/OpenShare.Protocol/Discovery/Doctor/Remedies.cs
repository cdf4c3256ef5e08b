using System.Globalization;
using System.Net;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>What mends a thing, in the words and commands of the platform it is to be mended on.</summary>
internal static class Remedies
{
    internal static string? AllowPort(DoctorFacts facts, int port) => Allow(facts, isIn: true, port, isUdp: false);

    internal static string? AllowMulticastIn(DoctorFacts facts) => Allow(facts, isIn: true, MdnsMachine.Port, isUdp: true);

    internal static string? AllowBroadcastIn(DoctorFacts facts) => Allow(facts, isIn: true, MdnsMachine.BroadcastPort, isUdp: true);

    internal static string? AllowMulticastOut(DoctorFacts facts) => Allow(facts, isIn: false, MdnsMachine.Port, isUdp: true);

    /// <returns>null: nobody knows which firewall it is, and words have to do</returns>
    private static string? Allow(DoctorFacts facts, bool isIn, int port, bool isUdp)
    {
        var protocol = isUdp ? "udp" : "tcp";
        return facts.Firewall switch
        {
            HostFirewall.Ufw => Text($"sudo ufw allow {(isIn ? "" : "out ")}{port}/{protocol}"),
            HostFirewall.Firewalld when isIn => Text($"sudo firewall-cmd --add-port={port}/{protocol} --permanent && sudo firewall-cmd --reload"),
            HostFirewall.Firewalld => Text($"sudo firewall-cmd --direct --add-rule ipv4 filter OUTPUT 0 -p {protocol} --dport {port} -j ACCEPT"),
            HostFirewall.Nftables => Text($"sudo nft insert rule inet filter {(isIn ? "input" : "output")} {protocol} dport {port} accept"),
            HostFirewall.Windows => Text($"netsh advfirewall firewall add rule name=\"OpenShare {protocol} {port}\" dir={(isIn ? "in" : "out")} action=allow protocol={protocol} {(isIn ? "localport" : "remoteport")}={port}"),
            // It judges programs, not ports, and lets everything out.
            HostFirewall.MacOs when isIn => "sudo /usr/libexec/ApplicationFirewall/socketfilterfw --unblockapp \"$(which openshare)\"",
            _ => null,
        };
    }

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

    /// <summary>Quoted: to zsh a bare star is a pattern.</summary>
    internal static string ListenAt(int port) => Text($"--listen \"*:{port}\"");

    internal static string SendTo(IPEndPoint endPoint) => $"openshare send FILE --to {endPoint}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
