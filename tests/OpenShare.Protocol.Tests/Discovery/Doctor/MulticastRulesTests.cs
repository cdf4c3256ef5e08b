using System.Net;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Protocol.Tests.Discovery.Doctor;

public sealed class MulticastRulesTests
{
    private static readonly IPAddress Printer = IPAddress.Parse("10.77.0.9");
    private static readonly IPAddress Container = IPAddress.Parse("172.17.0.2");
    private static readonly BroadcastFacts NoBroadcast = new(Sending.Sent, [], IsOwnHeard: true);

    private static DoctorFacts Heard(MulticastFacts multicast) => Healthy.Facts.With(Healthy.Lan with { Multicast = multicast, Broadcast = NoBroadcast });

    [Fact]
    public void Who_answers_by_multicast_shows_that_it_passes_both_ways() =>
        Assert.Equal(Severity.Ok, Heard(Healthy.Silence with { AnsweredAll = [Printer], Heard = [Printer, Healthy.BobAddress] }).Finds(FindingCode.MulticastWorks).Severity);

    [Fact]
    public void A_device_that_is_reached_and_never_heard_is_kept_from_multicast()
    {
        var facts = Heard(Healthy.Silence) with { Firewall = HostFirewall.Unknown };

        var finding = facts.Finds(FindingCode.MulticastBlocked).IsProblem("answers at 10.77.0.2:4747, and not by multicast.", "openshare send FILE --to 10.77.0.2:4747");
        Assert.Equal("bob", finding.About);
        facts.FindsNo(FindingCode.NobodyAnswers);
        facts.FindsNo(FindingCode.MulticastWorks);
    }

    [Fact]
    public void A_firewall_on_this_machine_is_named_before_the_access_point()
    {
        var remedy = Heard(Healthy.Silence).Finds(FindingCode.MulticastBlocked).IsProblem("not by multicast", "sudo ufw allow 5353/udp").Remedy!;

        Assert.StartsWith("First see to the firewall of this machine", remedy.Text, StringComparison.Ordinal);
        Assert.Contains("openshare send FILE --to 10.77.0.2:4747", remedy.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_others_answer_it_is_that_device_which_does_not() =>
        Heard(Healthy.Silence with { AnsweredAlone = [Printer], Heard = [Printer] }).Finds(FindingCode.MulticastBlocked).IsProblem("while others do");

    [Fact]
    public void Where_connections_are_kept_out_too_it_is_this_machines_firewall() =>
        Heard(Healthy.Silence).With(Healthy.Bob with { Link = new LinkFacts.Open(DialBack.NotReached) })
            .Finds(FindingCode.MulticastBlocked).IsProblem("not by multicast", "sudo ufw allow 5353/udp");

    [Fact]
    public void A_device_that_answers_by_broadcast_is_found_all_the_same()
    {
        var network = Healthy.Lan with { Multicast = Healthy.Silence };

        Healthy.Facts.With(network).Finds(FindingCode.MulticastBlocked).IsNote("not by multicast");
        Healthy.Facts.With(network).With(devices: []).Finds(FindingCode.MulticastBlocked).IsNote("10.77.0.2 answers by broadcast");
    }

    [Fact]
    public void A_device_in_another_network_says_nothing_of_multicast_here() =>
        Healthy.Facts.Without().With(Healthy.Unseen(Connecting.Connected, at: "10.99.0.2:4747")).FindsNo(FindingCode.MulticastBlocked);

    [Fact]
    public void An_agent_on_this_machine_says_nothing_of_the_network()
    {
        var facts = Healthy.Facts.Without().With(Healthy.Unseen(Connecting.Connected, at: "10.77.0.1:4747"));

        facts.FindsNo(FindingCode.MulticastBlocked);
        facts.Finds(FindingCode.NobodyAnswers).IsNote("Nobody answered");
    }

    [Fact]
    public void Answers_without_any_multicast_are_kept_from_coming_in() =>
        Heard(Healthy.Silence with { AnsweredAlone = [Healthy.BobAddress] }).Finds(FindingCode.MulticastInBlocked).IsProblem("no multicast of theirs comes in", "sudo ufw allow 5353/udp");

    [Fact]
    public void Announcements_without_any_answer_are_kept_from_going_out() =>
        Heard(Healthy.Silence with { Heard = [Healthy.BobAddress], HeardDevices = [Healthy.BobAddress] }).Finds(FindingCode.MulticastOutBlocked).IsProblem("none of them answers");

    [Fact]
    public void A_container_that_answers_says_nothing_of_the_wifi()
    {
        var docker = new InterfaceFacts("docker0", InterfaceKind.Virtual, [Healthy.Address("172.17.0.1", 16)])
        {
            Multicast = Healthy.Silence with { AnsweredAlone = [Container], AnsweredAll = [Container], Heard = [Container] },
            Broadcast = new BroadcastFacts(Sending.Sent, [Container], IsOwnHeard: true),
        };
        DoctorFacts With(MulticastFacts wifi) => Heard(wifi) with { Interfaces = [docker, Heard(wifi).Interfaces[0]] };

        With(Healthy.Silence).With(devices: []).Finds(FindingCode.NobodyAnswers);
        Assert.Equal("eth0", With(Healthy.Silence with { AnsweredAlone = [Healthy.BobAddress] }).Finds(FindingCode.MulticastInBlocked).About);
        Assert.Equal("eth0", With(Healthy.Silence with { HeardDevices = [Healthy.BobAddress], Heard = [Healthy.BobAddress] }).Finds(FindingCode.MulticastOutBlocked).About);
        With(Healthy.Silence with { AnsweredAlone = [Healthy.BobAddress] }).Finds(FindingCode.BroadcastBlocked).IsProblem("bob (b0b00000) is there, on eth0");
    }

    [Fact]
    public void Multicast_that_cannot_be_sent_is_said_with_the_systems_word()
    {
        var facts = Heard(Healthy.Silence with { Sending = Sending.Failed, Trouble = "NetworkUnreachable" });

        facts.Finds(FindingCode.MulticastFails).IsProblem("cannot send multicast on eth0: NetworkUnreachable", "ip -brief address");
        facts.FindsNo(FindingCode.NobodyAnswers);
        // A tunnel often cannot, and need not.
        (facts with { Interfaces = [facts.Interfaces[0] with { Name = "wg0" }, Healthy.Lan] }).FindsNo(FindingCode.MulticastFails);
    }

    [Fact]
    public void A_printer_that_announces_itself_and_answers_nothing_proves_nothing()
    {
        var facts = Heard(Healthy.Silence with { Heard = [Printer] }).With(devices: []);

        facts.FindsNo(FindingCode.MulticastOutBlocked);
        facts.Finds(FindingCode.NobodyAnswers);
    }

    [Fact]
    public void Nobody_known_and_nobody_heard_is_a_note_that_claims_nothing() =>
        Healthy.Facts.Without().With(devices: []).Finds(FindingCode.NobodyAnswers).IsNote("Nobody answered", "openshare send FILE --to HOST:PORT");

    [Fact]
    public void A_firewall_that_lets_nothing_out_is_said_and_nothing_is_concluded_from_the_silence()
    {
        var facts = Heard(Healthy.Silence with { Sending = Sending.Forbidden });

        facts.Finds(FindingCode.FirewallBlocksOut).IsProblem("on eth0", "sudo ufw allow out 5353/udp");
        facts.FindsNo(FindingCode.MulticastBlocked);
        facts.FindsNo(FindingCode.NobodyAnswers);
    }

    [Fact]
    public void A_port_that_is_taken_is_said_and_nothing_is_concluded_from_the_silence()
    {
        var facts = Heard(Healthy.Silence with { Sending = Sending.PortTaken });

        facts.Finds(FindingCode.MdnsPortTaken).IsProblem("UDP port 5353", "sudo ss -ulnp 'sport = :5353'");
        facts.FindsNo(FindingCode.MulticastBlocked);
        facts.FindsNo(FindingCode.NobodyAnswers);
    }

    [Fact]
    public void No_answer_by_broadcast_is_a_note_while_multicast_works_and_else_a_problem()
    {
        Heard(Healthy.Multicast).Finds(FindingCode.BroadcastBlocked).IsNote("bob (b0b00000) is there");
        Heard(Healthy.Silence with { AnsweredAlone = [Healthy.BobAddress] }).Finds(FindingCode.BroadcastBlocked).IsProblem("bob (b0b00000) is there", "sudo ufw allow 17453/udp");
    }

    /// <summary>A firewall here that lets in only what was asked for drops answers to everybody's question, whatever port is open.</summary>
    [Fact]
    public void Where_no_answer_to_this_host_alone_comes_in_nothing_is_concluded_from_silence_at_broadcast()
    {
        Heard(Healthy.Silence).FindsNo(FindingCode.BroadcastBlocked);
        Heard(Healthy.Multicast with { AnsweredAlone = [] }).FindsNo(FindingCode.BroadcastBlocked);
        Heard(Healthy.Multicast with { AnsweredAlone = [IPAddress.Parse("fe80::b%2")] }).FindsNo(FindingCode.BroadcastBlocked);
    }

    [Fact]
    public void Where_the_own_agent_does_not_answer_broadcasts_nothing_is_concluded_from_others_silence() =>
        Healthy.Facts.With(Healthy.Lan with { Broadcast = NoBroadcast with { IsOwnHeard = false } }).FindsNo(FindingCode.BroadcastBlocked);
}
