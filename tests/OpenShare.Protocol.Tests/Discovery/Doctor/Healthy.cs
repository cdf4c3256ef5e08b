using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Tests.Discovery.Doctor;

/// <summary>A device on a network as it should be, and the one other device on it; tests break one thing of it.</summary>
internal static class Healthy
{
    internal static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    internal static readonly IPAddress BobAddress = IPAddress.Parse("10.77.0.2");
    internal static readonly IPEndPoint BobAt = new(BobAddress, 4747);

    internal static readonly MulticastFacts Multicast = new(Sending.Sent, [BobAddress], [BobAddress], [BobAddress], [BobAddress]);
    internal static readonly MulticastFacts Silence = new(Sending.Sent, [], [], [], []);

    internal static readonly InterfaceFacts Lan = new("eth0", InterfaceKind.Ordinary, [Address("10.77.0.1", 24), Address("fe80::1%2", 64)])
    {
        Multicast = Multicast,
        Broadcast = new BroadcastFacts(Sending.Sent, [BobAddress], IsOwnHeard: true),
    };

    internal static readonly DeviceFacts Bob = new(
        DeviceId.Parse("b0b00000000000000000000000000002"), "bob", DeviceStanding.Good, IsSeen: true,
        [new EndPointFacts(BobAt, Connecting.Connected, Presence.Answers)], new LinkFacts.Open(DialBack.Reached));

    internal static readonly IdentityFacts.Registered Identity =
        new(CertificateStanding.Good, Now.AddMonths(-1), Now.AddMonths(11), RevocationList: 3, IsListStale: false);

    internal static DoctorFacts Facts { get; } = new(
        DoctorPlatform.Linux, HostFirewall.Ufw, [Lan], [], new GatewayFacts("eth0", IPAddress.Parse("10.77.0.3"), Presence.Answers),
        new ListeningFacts.Open(4800), IsAgentRunning: true, Identity, new ClockFacts(Now, Now.AddDays(-1), TimeSpan.FromSeconds(1)),
        new ServerFacts.Answers(new Uri("https://share.example:8443")), [Bob], IsAboutOne: false);

    /// <summary>Bob is where he was, out of sight, and answers so.</summary>
    internal static DeviceFacts Unseen(Connecting connecting, Presence host = Presence.Silent, string at = "10.77.0.2:4747") => Bob with
    {
        IsSeen = false,
        EndPoints = [new EndPointFacts(IPEndPoint.Parse(at), connecting, host)],
        Link = new LinkFacts.NotTried(),
    };

    internal static DoctorFacts With(this DoctorFacts facts, InterfaceFacts network) => facts with { Interfaces = [network] };

    internal static DoctorFacts With(this DoctorFacts facts, params ImmutableArray<DeviceFacts> devices) => facts with { Devices = devices };

    internal static DoctorFacts Without(this DoctorFacts facts) => facts.With(Lan with { Multicast = Silence, Broadcast = new BroadcastFacts(Sending.Sent, [], IsOwnHeard: true) });

    internal static AddressFacts Address(string address, int prefix) => new(IPAddress.Parse(address), prefix);

    /// <summary>The one finding of this code.</summary>
    internal static Finding Finds(this DoctorFacts facts, FindingCode code) => Assert.Single(Diagnosis.Of(facts).Findings, f => f.Code == code);

    internal static void FindsNo(this DoctorFacts facts, FindingCode code) => Assert.DoesNotContain(Diagnosis.Of(facts).Findings, f => f.Code == code);

    internal static Finding IsProblem(this Finding finding, string words, string? command = null) => Is(finding, Severity.Problem, words, command);

    internal static Finding IsNote(this Finding finding, string words, string? command = null) => Is(finding, Severity.Note, words, command);

    private static Finding Is(Finding finding, Severity severity, string words, string? command)
    {
        Assert.Equal(severity, finding.Severity);
        Assert.Contains(words, finding.What, StringComparison.Ordinal);
        Assert.NotEmpty(finding.Why!);
        Assert.NotEmpty(finding.Remedy!.Text);
        if (command is not null)
            Assert.Equal(command, finding.Remedy.Command);
        return finding;
    }
}
