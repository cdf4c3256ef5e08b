using System.Net;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Protocol.Tests.Discovery.Doctor;

/// <summary>This device's port, certificate, clock and server.</summary>
public sealed class OwnRulesTests
{
    private static readonly Uri Server = new("https://share.example:8443");

    [Fact]
    public void A_peer_that_cannot_connect_back_shows_a_closed_port()
    {
        var facts = Healthy.Facts.With(Healthy.Bob with { Link = new LinkFacts.Open(DialBack.NotReached) });

        facts.Finds(FindingCode.PortBlockedHere).IsProblem("bob (b0b00000) cannot connect to this device at TCP port 4800", "sudo ufw allow 4800/tcp");
        facts.FindsNo(FindingCode.PortOpen);
        Healthy.Facts.With(Healthy.Bob with { Link = new LinkFacts.Open(DialBack.Unknown) }).FindsNo(FindingCode.PortBlockedHere);
    }

    [Fact]
    public void A_port_that_was_taken_for_the_look_alone_is_nothing_to_open()
    {
        var facts = Healthy.Facts.With(Healthy.Bob with { Link = new LinkFacts.Open(DialBack.NotReached) }) with { Listening = new ListeningFacts.Open(50_123, IsPassing: true) };

        var finding = facts.Finds(FindingCode.PortBlockedHere).IsNote("taken for this look alone");
        Assert.Null(finding.Remedy!.Command);
        Assert.Contains("--listen \"*:4747\"", finding.Remedy.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HostFirewall.Firewalld, "firewall-cmd --add-port=4800/tcp")]
    [InlineData(HostFirewall.Nftables, "nft insert rule inet filter input tcp dport 4800 accept")]
    [InlineData(HostFirewall.Windows, "netsh advfirewall firewall add rule")]
    [InlineData(HostFirewall.MacOs, "socketfilterfw")]
    public void The_command_is_the_one_of_this_machines_firewall(HostFirewall firewall, string command) =>
        Assert.Contains(
            command,
            (Healthy.Facts.With(Healthy.Bob with { Link = new LinkFacts.Open(DialBack.NotReached) }) with { Firewall = firewall }).Finds(FindingCode.PortBlockedHere).Remedy!.Command,
            StringComparison.Ordinal);

    [Fact]
    public void An_agent_on_this_machine_that_can_connect_shows_nothing_of_the_firewall() =>
        Healthy.Facts.With(Healthy.Bob with { EndPoints = [new EndPointFacts(IPEndPoint.Parse("10.77.0.1:4747"), Connecting.Connected, Presence.Answers)] }).FindsNo(FindingCode.PortOpen);

    [Fact]
    public void Where_the_agent_cannot_listen_is_named()
    {
        (Healthy.Facts with { Listening = new ListeningFacts.Taken(IPEndPoint.Parse("0.0.0.0:4747")) }).Finds(FindingCode.ListenPortTaken)
            .IsProblem("0.0.0.0:4747", "sudo ss -tlnp 'sport = :4747'");
        (Healthy.Facts with { Listening = new ListeningFacts.NoSuchAddress(IPEndPoint.Parse("10.1.2.3:4747")) }).Finds(FindingCode.ListenAddressMissing)
            .IsProblem("no interface here has the address 10.1.2.3", "openshare agent --listen \"*:4747\"");
    }

    [Fact]
    public void An_agent_of_the_commands_own_is_a_note() =>
        (Healthy.Facts with { IsAgentRunning = false }).Finds(FindingCode.AgentNotRunning).IsNote("No agent is running here", "openshare agent");

    [Fact]
    public void Without_a_certificate_that_is_what_is_said()
    {
        As(new IdentityFacts.Unregistered()).Finds(FindingCode.NotRegistered).IsProblem("not registered", "openshare register --server URL --token TOKEN");
        As(new IdentityFacts.Underway(Server, "share.example:8443 cannot be reached.")).Finds(FindingCode.RegistrationUnderway).IsProblem("cannot be reached");
        As(new IdentityFacts.Refused("The token was used already.")).Finds(FindingCode.RegistrationRefused).IsProblem("The token was used already.");
    }

    [Fact]
    public void A_certificate_that_is_not_good_is_told_by_its_kind()
    {
        As(Healthy.Identity with { Standing = CertificateStanding.Revoked }).Finds(FindingCode.Revoked).IsProblem("was revoked");
        As(Healthy.Identity with { Standing = CertificateStanding.Expired }).Finds(FindingCode.CertificateExpired).IsProblem("expired on 2027-10-26 12:00 UTC");
        As(Healthy.Identity with { Standing = CertificateStanding.Withdrawn }).Finds(FindingCode.CertificateExpired).IsProblem("withdrawn the key");
    }

    /// <summary>A clock that is ahead makes of a good certificate one that has ended.</summary>
    [Fact]
    public void Without_another_clock_an_expired_certificate_is_first_of_all_a_matter_of_the_clock()
    {
        var ended = As(Healthy.Identity with { Standing = CertificateStanding.Expired });

        (ended with { Clock = new ClockFacts(Healthy.Now, Healthy.Now, null) }).Finds(FindingCode.CertificateExpired).IsProblem("expired on", "sudo timedatectl set-ntp true");
        ended.Finds(FindingCode.CertificateExpired).IsProblem("expired on", "openshare --home NEW register --server URL --token TOKEN");
    }

    [Theory]
    [InlineData(35, true)]
    [InlineData(38, false)]
    public void A_certificate_in_the_last_tenth_of_its_life_is_a_note(int daysLeft, bool isNoted)
    {
        var facts = As(Healthy.Identity with { IssuedAt = Healthy.Now.AddDays(daysLeft - 365), ExpiresAt = Healthy.Now.AddDays(daysLeft) });

        if (isNoted)
            facts.Finds(FindingCode.CertificateExpiring).IsNote("is not renewed yet", "openshare agent");
        else
            facts.FindsNo(FindingCode.CertificateExpiring);
    }

    [Fact]
    public void A_revocation_list_that_is_stale_or_missing_is_said()
    {
        As(Healthy.Identity with { IsListStale = true }).Finds(FindingCode.RevocationListStale).IsProblem("version 3", "openshare revocation refresh");
        As(Healthy.Identity with { RevocationList = 0 }).Finds(FindingCode.RevocationListStale).IsNote("no list of revoked devices yet");
    }

    [Theory]
    [InlineData(6, "6 minutes ahead of")]
    [InlineData(-31, "31 minutes behind")]
    [InlineData(180, "3 hours ahead of")]
    [InlineData(-6000, "4 days behind")]
    public void A_clock_that_differs_from_the_servers_is_wrong(int minutes, string words) =>
        With(new ClockFacts(Healthy.Now, Healthy.Now.AddDays(-1), TimeSpan.FromMinutes(minutes))).Finds(FindingCode.ClockWrong).IsProblem(words, "sudo timedatectl set-ntp true");

    [Fact]
    public void Without_the_server_a_clock_is_held_to_what_was_signed()
    {
        With(new ClockFacts(Healthy.Now, Healthy.Now.AddHours(5), null)).Finds(FindingCode.ClockWrong).IsProblem("at least 5 hours behind");
        // Two clocks may differ by five minutes.
        With(new ClockFacts(Healthy.Now, Healthy.Now.AddMinutes(5), TimeSpan.FromMinutes(-5))).Finds(FindingCode.ClockRight);
        With(new ClockFacts(Healthy.Now, Healthy.Now, null)).FindsNo(FindingCode.ClockRight);
    }

    [Fact]
    public void Each_way_in_which_a_server_fails_has_its_own_code()
    {
        At(new ServerFacts.NameUnknown(Server)).Finds(FindingCode.ServerNameUnknown).IsProblem("share.example, has no address", "getent hosts share.example");
        At(new ServerFacts.Unreachable(Server, "it does not answer")).Finds(FindingCode.ServerUnreachable).IsProblem("cannot be reached: it does not answer");
        At(new ServerFacts.NotRunning(Server)).Finds(FindingCode.ServerNotRunning).IsProblem("nothing listens at share.example:8443", "openshare-server run");
        At(new ServerFacts.NotTrusted(Server, "Its trust root does not vouch for its TLS key.")).Finds(FindingCode.ServerNotTrusted).IsProblem("is not this device's registration server");
        At(new ServerFacts.NotValidNow(Server)).Finds(FindingCode.ServerNotTrusted).IsProblem("is not valid at this machine's time", "sudo timedatectl set-ntp true");
        At(new ServerFacts.Fails(Server, "it says HTTP 503.")).Finds(FindingCode.ServerFails).IsProblem("it says HTTP 503.");
        Assert.DoesNotContain(Diagnosis.Of(At(new ServerFacts.NotAsked())).Findings, f => $"{f.Code}".StartsWith("Server", StringComparison.Ordinal));
    }

    [Fact]
    public void A_server_under_a_path_is_asked_there_and_before_registration_nothing_vouches_for_it()
    {
        At(new ServerFacts.Unreachable(new Uri("https://share.example/openshare/"), "it does not answer")).Finds(FindingCode.ServerUnreachable)
            .IsProblem("does not answer", "curl --insecure --max-time 5 https://share.example/openshare/health");
        Assert.EndsWith("answers.", At(new ServerFacts.Answers(Server, IsProven: false)).Finds(FindingCode.ServerAnswers).What, StringComparison.Ordinal);
    }

    private static DoctorFacts As(IdentityFacts identity) => Healthy.Facts with { Identity = identity };

    private static DoctorFacts With(ClockFacts clock) => Healthy.Facts with { Clock = clock };

    private static DoctorFacts At(ServerFacts server) => Healthy.Facts with { Server = server };
}
