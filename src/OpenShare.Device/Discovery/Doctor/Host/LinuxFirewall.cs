using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>
/// Which firewall a person has to speak with. Rules can only be read by root; which program manages them anybody can tell.
/// </summary>
internal static class LinuxFirewall
{
    private const string UfwSettings = "etc/ufw/ufw.conf";
    private const string FirewalldRuns = "run/firewalld";
    private const string NftRules = "etc/nftables.conf";
    private const string NftStarts = "etc/systemd/system/sysinit.target.wants/nftables.service";

    /// <param name="root">of the file system</param>
    internal static HostFirewall Find(string root = "/") =>
        Says(Path.Combine(root, UfwSettings), l => l.Trim().Equals("ENABLED=yes", StringComparison.OrdinalIgnoreCase)) ? HostFirewall.Ufw
        : Directory.Exists(Path.Combine(root, FirewalldRuns)) ? HostFirewall.Firewalld
        // The program is nearly everywhere and says nothing; and the commands are for this table, which not everybody has.
        : IsLink(Path.Combine(root, NftStarts)) && Says(Path.Combine(root, NftRules), l => l.Trim().StartsWith("table inet filter", StringComparison.Ordinal)) ? HostFirewall.Nftables
        : HostFirewall.Unknown;

    // What it leads to is seen from the host's own root alone.
    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static bool Says(string file, Func<string, bool> line)
    {
        try
        {
            return File.Exists(file) && File.ReadLines(file).Any(line);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
