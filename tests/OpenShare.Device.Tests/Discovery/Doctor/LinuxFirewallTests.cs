using OpenShare.Device.Discovery.Doctor.Host;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Tests.Discovery.Doctor;

/// <summary>A command is given only for a firewall that shows.</summary>
public sealed class LinuxFirewallTests : IDisposable
{
    private const string Table = "flush ruleset\n\ntable inet filter {\n\tchain input { }\n}\n";

    private readonly TemporaryFolder _root = new();

    private HostFirewall Found => LinuxFirewall.Find(_root.Path);

    [Fact]
    public void The_nft_program_alone_is_no_firewall()
    {
        Has("usr/sbin/nft", "");

        Assert.Equal(HostFirewall.Unknown, Found);
    }

    [Fact]
    public void Nftables_shows_by_starting_with_the_system_and_by_the_table_that_the_commands_are_for()
    {
        Has("etc/nftables.conf", Table);
        Assert.Equal(HostFirewall.Unknown, Found);

        var starts = Directory.CreateDirectory(_root["etc/systemd/system/sysinit.target.wants"]).FullName;
        File.CreateSymbolicLink(Path.Combine(starts, "nftables.service"), "/lib/systemd/system/nftables.service");
        Assert.Equal(HostFirewall.Nftables, Found);

        Has("etc/nftables.conf", "table ip own { }\n");
        Assert.Equal(HostFirewall.Unknown, Found);
    }

    [Fact]
    public void Ufw_shows_where_it_is_on_and_firewalld_where_it_runs()
    {
        Has("etc/ufw/ufw.conf", "ENABLED=no\n");
        Assert.Equal(HostFirewall.Unknown, Found);

        Directory.CreateDirectory(_root["run/firewalld"]);
        Assert.Equal(HostFirewall.Firewalld, Found);

        Has("etc/ufw/ufw.conf", "ENABLED=yes\n");
        Assert.Equal(HostFirewall.Ufw, Found);
    }

    public void Dispose() => _root.Dispose();

    private void Has(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root[file])!);
        File.WriteAllText(_root[file], text);
    }
}
