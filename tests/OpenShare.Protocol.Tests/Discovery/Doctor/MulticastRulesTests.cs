using System.Net;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Protocol.Tests.Discovery.Doctor;

public sealed class MulticastRulesTests
{
    private static readonly IPAddress Printer = IPAddress.Parse("10.77.0.9");
    private static readonly BroadcastFacts NoBroadcast = new(Sending.Sent, [], IsOwnHeard: true);

    private static DoctorFacts Heard(MulticastFacts multicast) => Healthy.Facts.With(Healthy.Lan with { Multicast = multicast, Broadcast = NoBroadcast });

    [Fact]
    public void Who_answers_by_multicast_shows_that_it_passes_both_ways() =>
        Assert.Equal(Severity.Ok, Heard(Healthy.Silence with { AnsweredAll = [Printer], Heard = [Printer, Healthy.BobAddress] }).Finds(FindingCode.MulticastWorks).Severity);

    [Fact]
    public void A_device_that_is_reached_and_never_heard_is_kept_from_multicast()
    {
        var facts = Heard(Healthy.Silence);

        var finding = facts.Finds(FindingCode.MulticastBlocked).IsProblem("answers at 10.77.0.2:4747, and not by multicast.", "openshare send FILE --to 10.77.0.2:4747");
        Assert.Equal("bob", finding.About);
        facts.FindsNo(FindingCode.NobodyAnswers);
        facts.FindsNo(FindingCode.MulticastWorks);
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
        Heard(Healthy.Silence).Finds(FindingCode.BroadcastBlocked).IsProblem("bob (b0b00000) is there", "sudo ufw allow 17453/udp");
    }

    [Fact]
    public void Where_the_own_agent_does_not_answer_broadcasts_nothing_is_concluded_from_others_silence() =>
        Healthy.Facts.With(Healthy.Lan with { Broadcast = NoBroadcast with { IsOwnHeard = false } }).FindsNo(FindingCode.BroadcastBlocked);
}
