using System.Net;
using System.Net.Sockets;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Discovery.Doctor;

/// <summary>The network: interfaces, ports, multicast, broadcast, firewalls, and devices that are away.</summary>
public sealed partial class FaultTests
{
    private const string MulticastDns = "ether daddr { 01:00:5e:00:00:fb, 33:33:00:00:00:fb } drop";
    private const string ToMany = "meta pkttype { multicast, broadcast } ether type != arp drop";

    [SkippableFact]
    public async Task No_network()
    {
        await lab.ReadyAsync();
        await lab.Lan.HostAsync("alice", "ip", "link", "set", "eth0", "down");

        (await Report.OfAsync(lab.Alice))
            .HasProblem("no_network", "No network interface but loopback", "ip -brief address")
            .HasProblem("server_unreachable", "no way to it", "curl");
    }

    [SkippableFact]
    public async Task No_address_but_one_of_its_own_making()
    {
        await lab.ReadyAsync();
        await lab.Lan.HostAsync("alice", "ip", "-4", "address", "flush", "dev", "eth0");

        (await Report.OfAsync(lab.Alice)).HasNote("only_self_assigned", "fe80", "DHCP");
    }

    [SkippableFact]
    public async Task Only_a_network_of_containers()
    {
        await lab.ReadyAsync();
        await lab.Lan.HostAsync("alice", "sh", "-c", "ip link set eth0 down; ip link set eth0 name docker0; ip link set docker0 up");

        // Bob answers, so the network does serve.
        (await Report.OfAsync(lab.Alice)).HasNote("only_virtual_networks", "docker0", "--network host");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task All_traffic_through_a_vpn_while_nobody_answers()
    {
        await lab.ReadyAsync();
        await lab.Lan.HostAsync("alice", "sh", "-c",
            "ip link add wg0 type veth peer name wg0p; ip address add 10.9.0.1/24 dev wg0; ip link set wg0 up; ip link set wg0p up; ip route replace default via 10.9.0.2");
        await lab.Lan.FirewallAsync("alice", "output", "oifname eth0 drop");
        await lab.Lan.FirewallAsync("alice", "input", "iifname eth0 drop");

        (await Report.OfAsync(lab.Alice)).HasProblem("vpn_takes_traffic", "VPN wg0", "local network");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task A_gateway_that_is_gone()
    {
        await lab.ReadyAsync();
        await lab.Lan.HostAsync("gateway", "ip", "link", "set", "eth0", "down");

        (await Report.OfAsync(lab.Alice))
            .HasNote("gateway_silent", $"{DoctorLab.GatewayAddress} on eth0", "router")
            .HasOk("multicast_works", "device_reached");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task An_interface_and_an_address_to_listen_at_that_are_not_there()
    {
        await lab.ReadyAsync();

        (await Report.OfAsync(lab.Alice, "--interface", "wlan9", "--listen", "192.168.7.7:4747"))
            .HasProblem("interface_missing", "There is: eth0", "--interface")
            .HasProblem("listen_address_missing", "192.168.7.7", "openshare agent --listen \"*:4747\"");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Ports_that_other_programs_have_for_themselves()
    {
        await lab.ReadyAsync();
        using var mdns = lab.Lan.In("alice", () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 5353));
            return socket;
        });
        using var holder = lab.Lan.In("alice", () =>
        {
            var listener = new TcpListener(IPAddress.Any, lab.Alice.Port);
            listener.Start();
            return listener;
        });

        (await Report.OfAsync(lab.Alice, "--listen", $"0.0.0.0:{lab.Alice.Port}"))
            .HasProblem("mdns_port_taken", "UDP port 5353", "sudo ss -ulnp 'sport = :5353'")
            .HasProblem("listen_port_taken", $"0.0.0.0:{lab.Alice.Port}", $"sudo ss -tlnp 'sport = :{lab.Alice.Port}'")
            .HasNote("agent_not_running", "No agent is running here", "openshare agent");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Nobody_known_and_nobody_heard()
    {
        await lab.ReadyAsync();
        using var carol = lab.Device("carol", "alice");
        await carol.RegisterAsync(lab.Url, await lab.Server.TokenAsync("carols-own"));
        await lab.Lan.FilterAsync(ToMany);

        (await Report.OfAsync(carol)).HasNote("nobody_answers", "Nobody answered", "openshare send FILE --to HOST:PORT");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task A_network_of_IPv6_alone_without_a_way_for_multicast()
    {
        await lab.ReadyAsync();
        await lab.Lan.HostAsync("alice", "sh", "-c",
            "ip -4 address flush dev eth0; ip address add fd00:a::1/64 dev eth0 nodad; while ip -6 route delete multicast ff00::/8 dev eth0 table local 2>/dev/null; do :; done");

        (await Report.OfAsync(lab.Alice)).HasProblem("multicast_fails", "cannot send multicast on eth0: NetworkUnreachable", "ip -brief address");
    }

    [SkippableFact]
    public async Task Multicast_and_broadcast_that_the_access_point_keeps_back()
    {
        await lab.ReadyAsync();
        await lab.Lan.FilterAsync(ToMany);

        (await Report.OfAsync(lab.Alice))
            .HasProblem("multicast_blocked", $"answers at {DoctorLab.BobAddress}:{lab.Bob.Port}, and not by multicast", $"--to {DoctorLab.BobAddress}:{lab.Bob.Port}")
            .HasOk("port_open");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Multicast_that_does_not_come_in()
    {
        await lab.ReadyAsync();
        await lab.Lan.FirewallAsync("alice", "input", "udp dport 5353 drop");

        (await Report.OfAsync(lab.Alice)).HasProblem("multicast_in_blocked", "no multicast of theirs comes in", "keeps UDP port 5353 out: allow it");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Multicast_that_does_not_go_out()
    {
        await lab.ReadyAsync();
        // Newly started it announces itself every second or two.
        await lab.Bob.StartAgentAsync();
        await lab.Lan.FilterAsync($"iifname {Lan.Port("alice")} {MulticastDns}");

        (await Report.OfAsync(lab.Alice)).HasProblem("multicast_out_blocked", "none of them answers", "IGMP snooping");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task A_firewall_that_lets_no_multicast_out()
    {
        await lab.ReadyAsync();
        await lab.Lan.FirewallAsync("alice", "output", "udp dport 5353 drop");

        (await Report.OfAsync(lab.Alice)).HasProblem("firewall_blocks_out", "on eth0", "Let UDP port 5353 out").HasNo("multicast_blocked");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Broadcast_that_the_access_point_keeps_back()
    {
        await lab.ReadyAsync();
        (await Report.OfAsync(lab.Alice)).HasOk("broadcast_works");
        await lab.Lan.FilterAsync("ether daddr ff:ff:ff:ff:ff:ff ether type != arp drop");

        (await Report.OfAsync(lab.Alice)).HasNote("broadcast_blocked", "UDP port 17453", "broadcast between clients");
    }

    [SkippableFact]
    public async Task A_firewall_here_that_keeps_connections_out()
    {
        await lab.ReadyAsync();
        await lab.Lan.FirewallAsync("alice", "input", $"tcp dport {lab.Alice.Port} drop");

        (await Report.OfAsync(lab.Alice, "--listen", $"0.0.0.0:{lab.Alice.Port}"))
            .HasProblem("port_blocked_here", $"cannot connect to this device at TCP port {lab.Alice.Port}", $"Allow TCP port {lab.Alice.Port} on this machine")
            .HasOk("device_reached", "multicast_works");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task A_firewall_here_that_lets_in_only_what_was_asked_for()
    {
        await lab.ReadyAsync();
        await lab.MeetAsync();
        await OnlyAskedForAsync($"tcp dport {lab.Alice.Port} accept", "udp dport { 5353, 17453 } accept");

        // Bob's answers to questions for everybody do not come in, though all ports are open: nothing is wrong.
        (await Report.OfAsync(lab.Alice)).IsHealthy().HasOk("multicast_works", "port_open").HasNo("broadcast_blocked");

        await lab.Lan.OpenAsync();
        await OnlyAskedForAsync($"tcp dport {lab.Alice.Port} accept");

        (await Report.OfAsync(lab.Alice))
            .HasProblem("multicast_blocked", "not by multicast", "Where a firewall runs on this machine or on bob, allow UDP port 5353 in it")
            .HasNo("broadcast_blocked");
    }

    [SkippableFact]
    public async Task A_link_that_is_open_while_the_port_there_is_blocked()
    {
        await lab.ReadyAsync();
        await lab.MeetAsync();
        (await Report.OfAsync(lab.Alice)).HasOk("device_reached");
        await lab.Lan.FirewallAsync("bob", "input", $"tcp dport {lab.Bob.Port} tcp flags & (syn | ack) == syn drop");

        (await Report.OfAsync(lab.Alice))
            .HasProblem("port_blocked_there", $"bob ({lab.Bob.Id[..8]}) talks to this device, and does not answer connections", $"Allow TCP port {lab.Bob.Port} on bob")
            .HasNo("device_reached");
    }

    [SkippableFact]
    public async Task A_firewall_there_that_keeps_connections_out()
    {
        await lab.ReadyAsync();
        await lab.Lan.FirewallAsync("bob", "input", $"tcp dport {lab.Bob.Port} drop");

        (await Report.OfAsync(lab.Alice))
            .HasProblem("port_blocked_there", $"bob ({lab.Bob.Id[..8]}) is there", $"Allow TCP port {lab.Bob.Port} on bob")
            .HasOk("multicast_works");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task An_agent_that_does_not_run_there()
    {
        await lab.ReadyAsync();
        await lab.Bob.Agent.KillAsync();

        (await Report.OfAsync(lab.Alice)).HasProblem("not_running_there", $"nothing listens at port {lab.Bob.Port}", "openshare agent");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task An_access_point_that_keeps_its_clients_apart()
    {
        await lab.ReadyAsync();
        foreach (var host in (string[])["alice", "bob"])
            await lab.Lan.BridgeAsync("bridge", "link", "set", "dev", Lan.Port(host), "isolated", "on");

        (await Report.OfAsync(lab.Alice)).HasProblem("device_silent", "while the gateway answers", "client isolation").HasOk("server_answers");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Another_network_beyond_a_router()
    {
        await lab.ReadyAsync();
        await lab.Lan.HostAsync("gateway", "ip", "address", "add", "10.78.0.3/24", "dev", "eth0");
        await lab.Lan.HostAsync("alice", "sh", "-c", "ip -4 address flush dev eth0; ip address add 10.78.0.1/24 dev eth0; ip route replace default via 10.78.0.3");
        foreach (var host in (string[])["alice", "bob"])
            await lab.Lan.BridgeAsync("bridge", "link", "set", "dev", Lan.Port(host), "isolated", "on");

        (await Report.OfAsync(lab.Alice)).HasProblem(
            "other_subnet", $"was last at {DoctorLab.BobAddress}:{lab.Bob.Port}, in another network than this device (10.78.0.1/24)", $"--to {DoctorLab.BobAddress}:{lab.Bob.Port}");
    }

    private async Task OnlyAskedForAsync(params string[] ports)
    {
        foreach (var rule in (string[])["ct state established,related accept", "iif lo accept", "meta l4proto ipv6-icmp accept", .. ports, "drop"])
            await lab.Lan.FirewallAsync("alice", "input", rule);
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task A_device_of_another_account_where_it_was()
    {
        await lab.ReadyAsync();
        await lab.Bob.Agent.TerminateAsync();
        using var mallory = lab.Device("mallory", "bob", lab.Bob.Port);
        await mallory.RegisterAsync(lab.Url, await lab.Server.TokenAsync("mallorys-own"));
        await mallory.StartAgentAsync();

        (await Report.OfAsync(lab.Alice)).HasProblem("handshake_failed", "the handshake comes to nothing", "openshare doctor");
    }
}
