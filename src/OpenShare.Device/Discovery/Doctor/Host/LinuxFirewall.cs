using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>
/// Which firewall a person has to speak with. Rules can only be read by root; which program manages them anybody can tell.
/// </summary>
internal static class LinuxFirewall
{
    private const string UfwSettings = "/etc/ufw/ufw.conf";
    private const string FirewalldRuns = "/run/firewalld";
    private static readonly string[] Nft = ["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"];

    internal static HostFirewall Find() =>
        IsUfwOn() ? HostFirewall.Ufw
        : Directory.Exists(FirewalldRuns) ? HostFirewall.Firewalld
        : Nft.Any(File.Exists) ? HostFirewall.Nftables
        : HostFirewall.Unknown;

    private static bool IsUfwOn()
    {
        try
        {
            return File.Exists(UfwSettings) && File.ReadLines(UfwSettings).Any(l => l.Trim().Equals("ENABLED=yes", StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
