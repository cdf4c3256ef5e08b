using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using OpenShare.Device.Discovery.Doctor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Discovery.Doctor;

/// <summary>What is asked, of whom, and that it comes to an end.</summary>
public sealed class ExaminationTests
{
    private const int Hurry = 10;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly DeviceId Bob = DeviceId.Parse("b0b00000000000000000000000000002");
    private static readonly DeviceId Carol = DeviceId.Parse("ca401000000000000000000000000003");
    private static readonly IPEndPoint BobAt = IPEndPoint.Parse("10.77.0.2:4747");

    private FakeSurroundings _around = new();

    [Fact]
    public async Task A_device_in_sight_is_connected_with_and_asked_to_connect_back()
    {
        InSight();
        var isLinked = false;
        _around.Connects = _ => Connecting.Connected;
        _around.Resolves = at =>
        {
            isLinked = true;
            return new AddressResolution.Found(1, Bob);
        };
        _around.DialsBack = _ => isLinked ? DialBackOutcome.NotReached : DialBackOutcome.NoLink;

        var diagnosis = await Diagnose();

        Assert.Equal([BobAt], _around.Resolved);
        Assert.Contains(diagnosis.Findings, f => f.Code == FindingCode.PortBlockedHere);
        Assert.Contains(diagnosis.Findings, f => f.Code == FindingCode.DeviceReached);
    }

    [Fact]
    public async Task Where_a_link_is_open_no_other_is_made()
    {
        InSight();
        _around.Connects = _ => Connecting.Connected;
        _around.DialsBack = _ => DialBackOutcome.Reached;

        var diagnosis = await Diagnose();

        Assert.Empty(_around.Resolved);
        Assert.Contains(diagnosis.Findings, f => f.Code == FindingCode.PortOpen);
        Assert.True(diagnosis.IsHealthy, $"{diagnosis}");
    }

    [Fact]
    public async Task Where_the_link_ends_while_it_is_asked_over_it_is_asked_over_the_next()
    {
        InSight();
        var (asked, gate, clock) = (0, new DialBackGate(), Stopwatch.StartNew());
        _around.Connects = _ => Connecting.Connected;
        _around.DialsBack = _ =>
        {
            // The other side has begun when the link ends, and does not begin again at once.
            var hasBegun = gate.TryBegin(DateTimeOffset.UnixEpoch + clock.Elapsed * Hurry);
            gate.End();
            return ++asked == 1 ? DialBackOutcome.Unknown : hasBegun ? DialBackOutcome.Reached : DialBackOutcome.NotTried;
        };

        Assert.Contains((await Diagnose()).Findings, f => f.Code == FindingCode.PortOpen);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Where_another_look_asked_a_moment_ago_it_is_asked_again()
    {
        InSight();
        var (asked, gate, clock) = (0, new DialBackGate(), Stopwatch.StartNew());
        gate.TryBegin(DateTimeOffset.UnixEpoch);
        gate.End();
        _around.DialsBack = _ =>
        {
            asked++;
            return gate.TryBegin(DateTimeOffset.UnixEpoch + clock.Elapsed * Hurry) ? DialBackOutcome.Reached : DialBackOutcome.NotTried;
        };

        Assert.Contains((await Diagnose()).Findings, f => f.Code == FindingCode.PortOpen);
        Assert.Equal(2, asked);
    }

    /// <summary>DHCP gave its address away: that is nothing wrong with either.</summary>
    [Fact]
    public async Task Who_lost_its_address_to_another_device_is_away()
    {
        InSight();
        _around.Connects = _ => Connecting.Connected;
        _around.Resolves = _ => new AddressResolution.Found(1, Carol);

        var diagnosis = await Diagnose();

        Assert.Contains("where another device is now", Single(diagnosis, FindingCode.DeviceSilent).What, StringComparison.Ordinal);
        Assert.DoesNotContain(diagnosis.Findings, f => f.Code is FindingCode.HandshakeFailed or FindingCode.DeviceReached);
    }

    [Fact]
    public async Task Every_address_that_takes_a_connection_is_tried_until_the_device_is_found()
    {
        IPEndPoint strangers = IPEndPoint.Parse("10.77.0.4:4747"), carols = IPEndPoint.Parse("10.77.0.5:4747");
        InSight(strangers, carols, BobAt);
        _around.Connects = _ => Connecting.Connected;
        _around.Resolves = at => at.Equals(BobAt) ? new AddressResolution.Found(1, Bob)
            : at.Equals(carols) ? new AddressResolution.Found(1, Carol)
            : throw new TimeoutException();

        var diagnosis = await Diagnose();

        Assert.Equal([strangers, carols, BobAt], _around.Resolved);
        Assert.Contains($"reached at {BobAt}", Single(diagnosis, FindingCode.DeviceReached).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_this_hosts_own_by_now_is_not_where_another_is()
    {
        IPEndPoint own = new(FakeSurroundings.Lan.Addresses[0].Address, 4747), loopback = IPEndPoint.Parse("127.0.0.1:4747");
        _around.Devices = () => [Known(isSeen: false) with { Before = [own, loopback, BobAt] }];

        await Diagnose();

        Assert.Equal([BobAt], _around.Connected);
    }

    [Fact]
    public async Task An_agent_on_this_very_host_that_says_so_is_connected_with()
    {
        IPEndPoint own = new(FakeSurroundings.Lan.Addresses[0].Address, 4747);
        InSight(own);

        await Diagnose();

        Assert.Contains(own, _around.Connected);
    }

    [Theory]
    [InlineData(DialBackOutcome.Reached)]
    [InlineData(DialBackOutcome.NotReached)]
    [InlineData(DialBackOutcome.NotTried)]
    public async Task A_link_does_not_make_a_blocked_port_an_open_one(DialBackOutcome said)
    {
        InSight();
        _around.DialsBack = _ => said;

        var diagnosis = await Diagnose();

        Assert.Contains("talks to this device", Single(diagnosis, FindingCode.PortBlockedThere).What, StringComparison.Ordinal);
        Assert.DoesNotContain(diagnosis.Findings, f => f.Code == FindingCode.DeviceReached);
    }

    [Fact]
    public async Task The_link_of_a_device_that_is_gone_is_none()
    {
        InSight();
        _around.Heard = [];
        _around.DialsBack = _ => throw new TimeoutException();

        var diagnosis = await Diagnose();

        Single(diagnosis, FindingCode.DeviceSilent);
        Assert.DoesNotContain(diagnosis.Findings, f => f.Code is FindingCode.DeviceReached or FindingCode.PortBlockedThere);
    }

    [Fact]
    public async Task Packets_by_interfaces_that_are_not_used_are_this_hosts_own_too()
    {
        var other = new HostInterface(3, "wlan0", InterfaceKind.Ordinary, [new AddressFacts(IPAddress.Parse("10.77.0.7"), 24)]);
        _around = new FakeSurroundings { Networks = [FakeSurroundings.Lan, other], WantedInterfaces = ["eth0"] };

        await Diagnose();

        Assert.Contains(other.Addresses[0].Address, _around.Own);
    }

    [Fact]
    public async Task Who_takes_the_connection_and_says_nothing_is_said()
    {
        InSight();
        _around.Connects = _ => Connecting.Connected;

        Assert.Contains("says nothing", Single(await Diagnose(), FindingCode.HandshakeFailed).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_out_of_sight_is_waited_for_and_then_tried_where_it_last_was()
    {
        var looks = 0;
        _around.Devices = () => [Known(isSeen: ++looks > 3)];

        await Diagnose();

        // And once more at the end: what handshakes showed of it.
        Assert.Equal(5, _around.DevicesAsked);
        Assert.Equal([BobAt], _around.Connected);
    }

    [Fact]
    public async Task A_revoked_device_is_not_connected_with()
    {
        _around.Devices = () => [Known(isSeen: true) with { Standing = DeviceStanding.Revoked }];

        Single(await Diagnose(new DoctorSubject.Device(Bob)), FindingCode.DeviceRevoked);

        Assert.Empty(_around.Connected);
    }

    [Fact]
    public async Task Who_was_not_seen_for_a_month_is_not_missed_unless_asked_for()
    {
        _around.Devices = () => [Known(isSeen: false) with { LastSeen = DateTimeOffset.UtcNow.AddDays(-31) }];

        Assert.DoesNotContain((await Diagnose()).Findings, f => f.About == "bob");
        Single(await Diagnose(new DoctorSubject.Device(Bob)), FindingCode.DeviceSilent);
    }

    [Fact]
    public async Task Of_a_crowd_a_handful_is_looked_at()
    {
        _around.Devices = () => [.. Enumerable.Range(1, 50).Select(i => Known(isSeen: true) with
        {
            Id = DeviceId.FromBytes([(byte)i, .. new byte[15]]), Before = [new IPEndPoint(IPAddress.Parse($"10.77.0.{i + 1}"), 4747)],
        })];

        await Diagnose();

        Assert.Equal(8, _around.Connected.Count);
    }

    [Fact]
    public async Task A_typed_place_is_asked_itself()
    {
        var diagnosis = await Diagnose(new DoctorSubject.Place(BobAt));

        Assert.Equal([BobAt], _around.Connected);
        Single(diagnosis, FindingCode.DeviceSilent);
    }

    [Fact]
    public async Task Without_a_registration_no_server_is_asked()
    {
        _around.Self = null;

        var diagnosis = await Diagnose();

        Single(diagnosis, FindingCode.NotRegistered);
        Assert.DoesNotContain(diagnosis.Findings, f => f.Code == FindingCode.ServerAnswers);
    }

    [Fact]
    public async Task A_clock_is_compared_with_the_servers()
    {
        _around.Service = _around.Service with { Date = DateTimeOffset.UtcNow.AddMinutes(20) };

        Assert.Contains("20 minutes behind", Single(await Diagnose(), FindingCode.ClockWrong).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_examination_at_a_time()
    {
        var (running, most) = (0, 0);
        _around.Devices = () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            Interlocked.Decrement(ref running);
            return [Known(isSeen: true)];
        };
        _around.DialsBack = _ => DialBackOutcome.Reached;
        var doctor = Doctor();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => doctor.Diagnose(new DoctorSubject.Everybody(), default))).WaitAsync(Deadline);

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Who_asked_and_left_ends_it()
    {
        using var left = new CancellationTokenSource();
        var diagnosing = Doctor().Diagnose(new DoctorSubject.Everybody(), left.Token);

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => diagnosing.WaitAsync(Deadline));
    }

    private void InSight(params ImmutableArray<IPEndPoint> at)
    {
        _around.Devices = () => [Known(isSeen: true) with { Announced = at.IsEmpty ? [BobAt] : at }];
        _around.Heard = [new InterfaceFacts("eth0", InterfaceKind.Ordinary, FakeSurroundings.Lan.Addresses)
        {
            Multicast = new MulticastFacts(Sending.Sent, [BobAt.Address], [BobAt.Address], [BobAt.Address], [BobAt.Address]),
        }];
    }

    private static KnownDevice Known(bool isSeen) => new(Bob, "bob", DeviceStanding.Good, isSeen, [], [BobAt], DateTimeOffset.UtcNow);

    private static Finding Single(Diagnosis diagnosis, FindingCode code) => Assert.Single(diagnosis.Findings, f => f.Code == code);

    private Task<Diagnosis> Diagnose(DoctorSubject? subject = null) => Doctor().Diagnose(subject ?? new DoctorSubject.Everybody(), default).WaitAsync(Deadline);

    private Examination Doctor()
    {
        var context = new DeviceContext(new HurriedTime(Hurry), new SystemRandom(), new Workers(1), new TcpTransport(), new DeviceEventBus());
        return new Examination(context, new DoctorTools(_around, _around, _around, _around), _around);
    }
}
