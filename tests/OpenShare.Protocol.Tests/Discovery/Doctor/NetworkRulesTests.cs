using System.Net;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Protocol.Tests.Discovery.Doctor;

public sealed class NetworkRulesTests
{
    private static readonly DoctorFacts Alone = Healthy.Facts.Without().With(devices: []);

    [Fact]
    public void No_interface_but_loopback_is_no_network()
    {
        var facts = Alone with { Interfaces = [] };

        facts.Finds(FindingCode.NoNetwork).IsProblem("No network interface", "ip -brief address");
        facts.FindsNo(FindingCode.NetworkWorks);
        facts.FindsNo(FindingCode.NobodyAnswers);
    }

    [Fact]
    public void An_interface_without_an_address_is_none() => Alone.With(Healthy.Lan with { Addresses = [] }).Finds(FindingCode.NoNetwork);

    [Fact]
    public void An_interface_that_is_asked_for_and_not_up_is_named_with_those_that_are()
    {
        var facts = Healthy.Facts with { WantedInterfaces = ["wlan9"] };

        Assert.Equal("wlan9", facts.Finds(FindingCode.InterfaceMissing).IsProblem("There is: eth0").About);
        facts.FindsNo(FindingCode.NoNetwork);
        (Healthy.Facts with { WantedInterfaces = ["eth0", "lo"] }).FindsNo(FindingCode.InterfaceMissing);
    }

    [Fact]
    public void Addresses_that_the_host_made_up_are_a_note()
    {
        var network = Healthy.Lan with { Addresses = [Healthy.Address("169.254.7.7", 16), Healthy.Address("fe80::1%2", 64)] };

        Healthy.Facts.With(network).Finds(FindingCode.OnlySelfAssigned).IsNote("169.254.7.7/16");
        Healthy.Facts.FindsNo(FindingCode.OnlySelfAssigned);
    }

    [Theory]
    [InlineData("docker0", InterfaceKind.Virtual)]
    [InlineData("br-5d3f", InterfaceKind.Virtual)]
    [InlineData("virbr0", InterfaceKind.Virtual)]
    [InlineData("vEthernet (WSL)", InterfaceKind.Virtual)]
    [InlineData("wg0", InterfaceKind.Vpn)]
    [InlineData("tun0", InterfaceKind.Vpn)]
    [InlineData("tailscale0", InterfaceKind.Vpn)]
    [InlineData("eth0", InterfaceKind.Ordinary)]
    [InlineData("wlp3s0", InterfaceKind.Ordinary)]
    [InlineData("br0", InterfaceKind.Ordinary)]
    [InlineData("Wi-Fi", InterfaceKind.Ordinary)]
    public void Interfaces_are_told_apart_by_their_names(string name, InterfaceKind kind) => Assert.Equal(kind, InterfaceNames.KindOf(name));

    [Fact]
    public void Only_virtual_networks_are_a_problem_where_nobody_is_there()
    {
        var docker = Healthy.Lan with { Name = "docker0", Kind = InterfaceKind.Virtual };

        Alone.With(docker with { Multicast = Healthy.Silence, Broadcast = BroadcastFacts.None }).Finds(FindingCode.OnlyVirtualNetworks).IsProblem("docker0");
        Healthy.Facts.With(docker).Finds(FindingCode.OnlyVirtualNetworks).IsNote("docker0");
        (Healthy.Facts with { Interfaces = [docker, Healthy.Lan] }).FindsNo(FindingCode.OnlyVirtualNetworks);
    }

    [Fact]
    public void A_vpn_that_takes_all_traffic_is_a_problem_where_nobody_is_there()
    {
        var tunnel = new InterfaceFacts("wg0", InterfaceKind.Vpn, [Healthy.Address("10.9.0.2", 32)]);
        var facts = Healthy.Facts with { Interfaces = [Healthy.Lan, tunnel], Gateway = new GatewayFacts("wg0", null, Presence.Unknown) };

        Assert.Equal("wg0", facts.Finds(FindingCode.VpnTakesTraffic).IsNote("VPN wg0").About);
        (facts with { Interfaces = [Healthy.Lan with { Multicast = Healthy.Silence, Broadcast = BroadcastFacts.None }, tunnel], Devices = [] }).Finds(FindingCode.VpnTakesTraffic).IsProblem("VPN wg0");
        (facts with { Gateway = Healthy.Facts.Gateway }).FindsNo(FindingCode.VpnTakesTraffic);
    }

    [Fact]
    public void A_container_that_answers_is_nobody_on_the_network()
    {
        var docker = Healthy.Lan with { Name = "docker0", Kind = InterfaceKind.Virtual, Addresses = [Healthy.Address("172.17.0.1", 16)] };
        var silent = Healthy.Lan with { Multicast = Healthy.Silence, Broadcast = BroadcastFacts.None };
        var gateway = new GatewayFacts("eth0", IPAddress.Parse("10.77.0.3"), Presence.Silent);

        (Alone with { Interfaces = [docker, silent], Gateway = gateway }).Finds(FindingCode.GatewaySilent).IsProblem("10.77.0.3 on eth0");
        (Alone with { Interfaces = [docker], Gateway = gateway }).Finds(FindingCode.GatewaySilent).IsNote("10.77.0.3 on eth0");
    }

    [Fact]
    public void A_gateway_that_does_not_answer_is_a_problem_where_nobody_else_does()
    {
        var gateway = new GatewayFacts("eth0", IPAddress.Parse("10.77.0.3"), Presence.Silent);

        (Alone with { Gateway = gateway }).Finds(FindingCode.GatewaySilent).IsProblem("10.77.0.3 on eth0");
        (Healthy.Facts with { Gateway = gateway }).Finds(FindingCode.GatewaySilent).IsNote("10.77.0.3 on eth0");
        (Alone with { Gateway = gateway with { Presence = Presence.Unknown } }).FindsNo(FindingCode.GatewaySilent);
        (Alone with { Gateway = null }).FindsNo(FindingCode.GatewaySilent);
    }

    [Theory]
    [InlineData("10.77.0.1", 24, "10.77.0.255", true)]
    [InlineData("10.77.0.1", 24, "10.77.1.1", false)]
    [InlineData("10.77.0.1", 20, "10.77.15.1", true)]
    [InlineData("10.77.0.1", 20, "10.77.16.1", false)]
    [InlineData("10.77.0.1", 32, "10.77.0.2", false)]
    [InlineData("10.77.0.1", 24, "::ffff:10.77.0.2", false)]
    [InlineData("fd20::1", 64, "fd20::ffff:1", true)]
    [InlineData("fd20::1", 64, "fd20:0:0:1::1", false)]
    [InlineData("fe80::1%2", 64, "fe80::2%2", true)]
    [InlineData("fe80::1%2", 64, "fe80::2%3", false)]
    public void A_subnet_has_what_its_prefix_says(string own, int prefix, string other, bool isInside) =>
        Assert.Equal(isInside, Healthy.Address(own, prefix).Contains(IPAddress.Parse(other)));
}
