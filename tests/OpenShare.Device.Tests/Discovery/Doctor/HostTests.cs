using System.Net;
using System.Net.Sockets;
using OpenShare.Device.Discovery.Udp;
using OpenShare.Device.Discovery.Doctor.Host;
using OpenShare.Device.Hosting;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Tests.Discovery.Doctor;

/// <summary>The doctor's tools on this very machine.</summary>
public sealed class HostTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly HashSet<IPAddress> Own = [FakeSurroundings.Lan.Addresses[0].Address, IPAddress.Parse("10.77.1.1"), IPAddress.Parse("fe80::1")];

    [Theory]
    [InlineData("10.77.0.1", 24, "10.77.0.255")]
    [InlineData("10.77.5.1", 20, "10.77.15.255")]
    [InlineData("10.77.0.1", 30, "10.77.0.3")]
    [InlineData("10.77.0.1", 31, null)]
    [InlineData("10.77.0.1", 32, null)]
    [InlineData("fe80::1", 10, null)]
    public void A_subnet_has_the_broadcast_address_that_its_prefix_says(string own, int prefix, string? broadcast) =>
        Assert.Equal(broadcast, Broadcasts.Of(IPAddress.Parse(own), prefix)?.ToString());

    [Fact]
    public void Interfaces_have_names_numbers_and_addresses_and_loopback_is_none_of_them()
    {
        var interfaces = new SystemHost().Interfaces();

        Assert.DoesNotContain(interfaces, i => i.Addresses.Any(a => IPAddress.IsLoopback(a.Address)));
        Assert.All(interfaces, i => Assert.True(i.Index > 0 && i.Name.Length > 0));
    }

    [Fact]
    public async Task A_listener_is_connected_with_and_a_closed_port_refuses()
    {
        using var listener = new TcpTransport().Listen(new IPEndPoint(IPAddress.Loopback, 0));
        var reach = new SystemReachability();

        Assert.Equal(Connecting.Connected, await reach.Connect(listener.LocalEndPoint, default));
        var closed = listener.LocalEndPoint;
        listener.Dispose();
        Assert.Equal(Connecting.Refused, await reach.Connect(closed, default));
    }

    [Fact]
    public void Own_packets_do_not_count_and_a_working_family_is_enough()
    {
        var hearing = new Hearing(FakeSurroundings.Lan, Own);
        var (own, other) = (FakeSurroundings.Lan.Addresses[0].Address, IPAddress.Parse("10.77.0.2"));

        hearing.HeardMulticast(own, new HelperAnswer(0, IsOfDevice: true, IsAsked: true));
        // By another of its interfaces, in the same network.
        hearing.HeardMulticast(IPAddress.Parse("10.77.1.1"), new HelperAnswer(0, IsOfDevice: true, IsAsked: true));
        hearing.HeardMulticast(IPAddress.Parse("fe80::1%2"), new HelperAnswer(0, IsOfDevice: true, IsAsked: true));
        hearing.AnsweredAlone(own);
        hearing.AnsweredBroadcast(own);
        hearing.SentMulticast(new SendOutcome(Sending.Forbidden));
        hearing.SentMulticast(new SendOutcome(Sending.Sent));

        var facts = hearing.Facts();
        Assert.Equal(
            (Sending.Sent, false, false, true), (facts.Multicast.Sending, facts.Multicast.GoesOut, facts.Multicast.ComesIn, facts.Broadcast.IsOwnHeard));
        hearing.HeardMulticast(other, new HelperAnswer(0, IsOfDevice: true, IsAsked: true));
        hearing.AnsweredAlone(other);
        Assert.Equal((true, true), (hearing.Facts().Multicast.GoesOut, hearing.Facts().Multicast.ComesIn));
    }

    [Fact]
    public void A_port_that_is_taken_is_kept_whatever_else_works()
    {
        var hearing = new Hearing(FakeSurroundings.Lan, Own);
        hearing.OpenedMulticast(new SendOutcome(Sending.PortTaken));
        hearing.SentMulticast(new SendOutcome(Sending.Sent));

        Assert.Equal(Sending.PortTaken, hearing.Facts().Multicast.Sending);
    }

    [Fact]
    public void What_is_kept_of_a_crowd_is_bounded()
    {
        var hearing = new Hearing(FakeSurroundings.Lan, Own);
        for (var i = 0; i < 5000; i++)
            hearing.AnsweredAlone(new IPAddress(i + 1));

        Assert.Equal(1024, hearing.Facts().Multicast.AnsweredAlone.Length);
    }

    [SkippableFact]
    public async Task Questions_go_out_on_every_interface_and_it_ends_when_told()
    {
        var context = new DeviceContext(TimeProvider.System, new SystemRandom(), new Workers(1), new TcpTransport(), new DeviceEventBus());
        var interfaces = new SystemHost().Interfaces();
        Skip.If(!interfaces.Any(i => i.Kind == InterfaceKind.Ordinary && i.Addresses.Any(a => a.Address.AddressFamily == AddressFamily.InterNetwork)), "this machine has no ordinary network interface");
        var asked = 0;

        var facts = await new UdpHelperPackets(context).Ask(interfaces, new HashSet<IPAddress>(), _ => ++asked > 2, default).WaitAsync(Deadline);

        Assert.Equal(interfaces.Select(i => i.Name), facts.Select(f => f.Name));
        Assert.Contains(facts, f => f.Multicast.Sending == Sending.Sent);
    }

    /// <summary>To open a port nothing passes a firewall.</summary>
    [Fact]
    public void What_keeps_a_port_from_being_opened_is_not_what_keeps_a_packet()
    {
        Assert.Equal(Sending.PortTaken, SendOutcome.OfOpening(() => throw new SocketException((int)SocketError.AccessDenied)).Sending);
        Assert.Equal(Sending.PortTaken, SendOutcome.OfOpening(() => throw new SocketException((int)SocketError.AddressAlreadyInUse)).Sending);
        Assert.Equal(Sending.Forbidden, SendOutcome.OfSending(() => throw new SocketException((int)SocketError.AccessDenied)).Sending);
        Assert.Equal(new SendOutcome(Sending.Failed, "NetworkUnreachable"), SendOutcome.OfSending(() => throw new SocketException((int)SocketError.NetworkUnreachable)));
    }

    [Fact]
    public void Why_sending_failed_is_kept_until_some_of_it_works()
    {
        var hearing = new Hearing(FakeSurroundings.Lan, Own);
        hearing.SentMulticast(new SendOutcome(Sending.Failed, "NetworkDown"));
        Assert.Equal((Sending.Failed, "NetworkDown"), (hearing.Facts().Multicast.Sending, hearing.Facts().Multicast.Trouble));

        hearing.SentMulticast(new SendOutcome(Sending.Sent));
        Assert.Null(hearing.Facts().Multicast.Trouble);
    }

    [Fact]
    public void This_machine_is_known_by_all_its_addresses()
    {
        var transport = new TcpTransport();

        Assert.True(transport.IsThisHost(IPAddress.Loopback));
        Assert.All(new SystemHost().Interfaces().SelectMany(i => i.Addresses), a => Assert.True(transport.IsThisHost(a.Address)));
        Assert.False(transport.IsThisHost(IPAddress.Parse("198.51.100.1")));
    }
}
