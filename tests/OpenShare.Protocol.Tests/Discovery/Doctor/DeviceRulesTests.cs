using System.Net;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Protocol.Tests.Discovery.Doctor;

public sealed class DeviceRulesTests
{
    private static readonly DoctorFacts Quiet = Healthy.Facts.Without();

    [Fact]
    public void A_device_that_is_reached_out_of_sight_is_said_so() =>
        Assert.EndsWith("though it is not in sight.", Quiet.With(Healthy.Unseen(Connecting.Connected)).Finds(FindingCode.DeviceReached).What, StringComparison.Ordinal);

    [Fact]
    public void Who_is_heard_and_does_not_take_connections_has_a_firewall()
    {
        Healthy.Facts.With(Healthy.Unseen(Connecting.NoAnswer)).Finds(FindingCode.PortBlockedThere).IsProblem("bob (b0b00000) is there, and does not answer connections at 10.77.0.2:4747");
        Healthy.Facts.With(Healthy.Unseen(Connecting.Refused)).Finds(FindingCode.PortBlockedThere).IsProblem("refuses connections");
    }

    [Theory]
    [InlineData(Connecting.NoAnswer, "talks to this device, and does not answer connections at 10.77.0.2:4747")]
    [InlineData(Connecting.Refused, "talks to this device, and refuses connections at 10.77.0.2:4747")]
    [InlineData(Connecting.NoWay, "talks to this device, and gets no connections at 10.77.0.2:4747")]
    public void Who_talks_and_takes_no_connection_is_not_reached(Connecting connecting, string words)
    {
        var facts = Healthy.Facts.With(Healthy.Unseen(connecting) with { Link = new LinkFacts.Open(DialBack.Reached) });

        facts.Finds(FindingCode.PortBlockedThere).IsProblem(words);
        facts.FindsNo(FindingCode.DeviceReached);
    }

    [Fact]
    public void Who_only_ever_made_a_connection_itself_is_not_silent()
    {
        var facts = Quiet.With(Healthy.Bob with { EndPoints = [], Link = new LinkFacts.Open(DialBack.Reached) });

        facts.Finds(FindingCode.DeviceSilent).IsNote("talks to this device over a connection that it made itself");
    }

    [Fact]
    public void A_device_whose_address_another_has_now_is_away()
    {
        // That other one is heard there.
        var facts = Healthy.Facts.With(Healthy.Unseen(Connecting.Another));

        facts.Finds(FindingCode.DeviceSilent).IsProblem("was last at 10.77.0.2:4747, where another device is now");
        facts.FindsNo(FindingCode.PortBlockedThere);
        Assert.Single(
            Diagnosis.Of(Healthy.Facts.With(Healthy.Bob, Healthy.Unseen(Connecting.Another) with { Name = "carol" })).Findings,
            f => f is { Code: FindingCode.DeviceSilent, Severity: Severity.Note });
    }

    [Fact]
    public void A_machine_that_is_there_and_drops_connections_has_a_firewall_whatever_runs_on_it() =>
        Quiet.With(Healthy.Unseen(Connecting.NoAnswer, Presence.Answers)).Finds(FindingCode.PortBlockedThere).IsProblem("The machine where bob (b0b00000) last was is there");

    [Fact]
    public void A_sighting_of_two_minutes_ago_does_not_make_a_firewall_of_an_agent_that_died() =>
        Quiet.With(Healthy.Unseen(Connecting.Refused) with { IsSeen = true }).Finds(FindingCode.NotRunningThere).IsProblem("nothing listens at port 4747", "openshare agent");

    [Fact]
    public void Who_answers_nothing_while_the_gateway_does_may_be_off_or_kept_apart()
    {
        var finding = Quiet.With(Healthy.Unseen(Connecting.NoAnswer)).Finds(FindingCode.DeviceSilent).IsProblem("while the gateway answers");

        Assert.Contains("off or asleep", finding.Why, StringComparison.Ordinal);
        Assert.Contains("keeps its clients apart", finding.Why, StringComparison.Ordinal);
        Assert.Contains("client isolation", finding.Remedy!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_gateway_to_compare_with_nothing_is_said_of_the_access_point()
    {
        var finding = (Quiet with { Gateway = null }).With(Healthy.Unseen(Connecting.NoAnswer)).Finds(FindingCode.DeviceSilent);

        Assert.DoesNotContain("gateway", finding.What, StringComparison.Ordinal);
        Assert.DoesNotContain("keeps its clients apart", finding.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void One_of_several_that_is_away_is_a_note_and_a_problem_when_it_is_asked_for()
    {
        var away = Healthy.Unseen(Connecting.NoAnswer, at: "10.77.0.4:4747") with { Name = "carol" };

        Healthy.Facts.With(Healthy.Bob, away).Finds(FindingCode.DeviceSilent).IsNote("carol");
        (Healthy.Facts.With(away) with { IsAboutOne = true }).Finds(FindingCode.DeviceSilent).IsProblem("carol");
    }

    [Fact]
    public void A_device_in_another_network_is_named_with_both()
    {
        var finding = Quiet.With(Healthy.Unseen(Connecting.NoAnswer, at: "192.168.8.2:4747")).Finds(FindingCode.OtherSubnet)
            .IsProblem("was last at 192.168.8.2:4747, in another network than this device (10.77.0.1/24)", "openshare send FILE --to 192.168.8.2:4747");

        Assert.Contains("not reached there either", finding.Why, StringComparison.Ordinal);
        Assert.Contains(
            "it was reached there",
            Quiet.With(Healthy.Unseen(Connecting.Connected, at: "192.168.8.2:4747")).Finds(FindingCode.OtherSubnet).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_local_address_of_before_does_not_put_a_device_into_this_network()
    {
        var bob = Healthy.Unseen(Connecting.NoAnswer, at: "192.168.8.2:4747");
        var linkLocal = new EndPointFacts(IPEndPoint.Parse("[fe80::b%2]:4747"), Connecting.NoAnswer, Presence.Unknown);

        Quiet.With(bob with { EndPoints = [.. bob.EndPoints, linkLocal] }).Finds(FindingCode.OtherSubnet);
        Quiet.With(bob with { EndPoints = [.. bob.EndPoints, linkLocal with { Connecting = Connecting.Connected }] }).FindsNo(FindingCode.OtherSubnet);
    }

    [Fact]
    public void A_handshake_that_comes_to_nothing_is_told_with_its_reason()
    {
        var bob = Healthy.Bob with { Link = new LinkFacts.Failed("The other device refuses this one: alice was revoked.") };

        Healthy.Facts.With(bob).Finds(FindingCode.HandshakeFailed).IsProblem("The other device refuses this one: alice was revoked.");
        // That it is beyond a router explains nothing then.
        Healthy.Facts.With(bob with { EndPoints = [new EndPointFacts(IPEndPoint.Parse("192.168.8.2:4747"), Connecting.Connected, Presence.Answers)] }).Finds(FindingCode.HandshakeFailed);
    }

    [Fact]
    public void A_device_that_only_ever_came_here_has_no_address() =>
        Quiet.With(Healthy.Bob with { IsSeen = false, EndPoints = [], Link = new LinkFacts.NotTried() }).Finds(FindingCode.DeviceSilent).IsProblem("no address of it is known");

    [Fact]
    public void A_device_that_was_revoked_blames_no_other_for_not_being_seen()
    {
        var revoked = Quiet with { Identity = Healthy.Identity with { Standing = CertificateStanding.Revoked } };

        revoked.With(Healthy.Bob with { IsSeen = false, EndPoints = [], Link = new LinkFacts.NotTried() }).Finds(FindingCode.DeviceSilent).IsNote("no address of it is known");
    }

    [Fact]
    public void Revoked_expired_and_doubled_devices_are_called_so()
    {
        var about = Healthy.Facts with { IsAboutOne = true };
        about.With(Healthy.Bob with { Standing = DeviceStanding.Revoked }).Finds(FindingCode.DeviceRevoked).IsProblem("was revoked");
        about.With(Healthy.Bob with { Standing = DeviceStanding.Expired }).Finds(FindingCode.DeviceExpired).IsProblem("has expired");
        Healthy.Facts.With(Healthy.Bob with { Standing = DeviceStanding.Duplicate }).Finds(FindingCode.DeviceDuplicate).IsProblem("two places");
    }

    [Fact]
    public void A_typed_place_goes_by_its_address()
    {
        var place = Healthy.Unseen(Connecting.Refused) with { Id = null, Name = "10.77.0.2:4747" };

        (Quiet.With(place) with { IsAboutOne = true }).Finds(FindingCode.NotRunningThere).IsProblem("The machine where 10.77.0.2:4747 last was");
    }
}
