using System.Net.Sockets;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Discovery.Udp;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Tests.Discovery;

/// <summary>The actors on real multicast sockets of this machine.</summary>
public sealed class UdpMulticastTests : DiscoverySpecs
{
    [SkippableFact]
    public void Two_agents_on_one_machine_see_each_other()
    {
        Skip.If(Usable().Length == 0, "no interface of this machine does multicast, not even loopback");
        var (ann, ben) = (Start(() => new UdpDiscoveryPort(), "Ann"), Start(() => new UdpDiscoveryPort(), "Ben"));

        Assert.Equal("Ben", ann.Sights(s => s.DeviceId == ben.Options.DeviceId).AnnouncedName);
        Assert.Equal("Ann", ben.Sights(s => s.DeviceId == ann.Options.DeviceId).AnnouncedName);

        ben.Actor.Tell(DiscoveryCommands.Stop.Instance, ActorRefs.NoSender);
        ann.Loses(ben);
    }

    [SkippableFact]
    public void Two_agents_see_each_other_with_nothing_but_loopback()
    {
        var loopback = Usable().FirstOrDefault(i => i.IsLoopback);
        Skip.If(loopback is null, "the loopback interface of this machine does no multicast");
        var (ann, ben) = (Start(() => new UdpDiscoveryPort(), interfaces: [loopback!.Name]), Start(() => new UdpDiscoveryPort(), interfaces: [loopback.Name]));

        Assert.Contains(ann.Sights(s => s.DeviceId == ben.Options.DeviceId).Place.Addresses, System.Net.IPAddress.IsLoopback);
        ben.Sights(s => s.DeviceId == ann.Options.DeviceId);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_address_family_can_be_joined_and_sent_to(bool ipv6)
    {
        var family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var found = Usable().FirstOrDefault(i => !i.IsLoopback && i.Addresses.Any(a => a.AddressFamily == family));
        Skip.If(found is null, $"no interface of this machine but loopback has an {family} address");

        using var socket = new MulticastSocket(found!.Index, ipv6);
        // An empty query: nobody has to answer it.
        socket.Send(new byte[12], to: null);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_interface_of_which_one_address_family_fails_is_usable_and_the_failure_is_told(bool brokenIsV6)
    {
        var family = brokenIsV6 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var found = Usable().FirstOrDefault(i => i.Addresses.Any(a => a.AddressFamily == family));
        Skip.If(found is null, $"no interface of this machine does multicast over {family}");
        var both = found! with { Addresses = [System.Net.IPAddress.Loopback, System.Net.IPAddress.IPv6Loopback] };
        var reason = new SocketException((int)SocketError.AddressAlreadyInUse).Message;

        var device = Start(() => new UdpDiscoveryPort(
            () => [new SystemInterface(both, [])], (index, v6) => v6 == brokenIsV6 ? throw new SocketException((int)SocketError.AddressAlreadyInUse) : new MulticastSocket(index, v6)));

        var failed = Assert.Single(device.Events.FishForMessage<DiscoveryEvents.InterfacesFailing>(f => !f.Failing.IsEmpty, Deadline).Failing);
        Assert.Equal(($"{both.Name} over {(brokenIsV6 ? "IPv6" : "IPv4")}", reason), (failed.Interface, failed.Reason));
    }

    [Fact]
    public void An_interface_of_which_both_fail_is_told_once_and_is_not_usable()
    {
        using var port = new UdpDiscoveryPort(
            () => [new SystemInterface(new MdnsInterface(1, "lan", IsLoopback: false, [System.Net.IPAddress.Loopback, System.Net.IPAddress.IPv6Loopback]), [])],
            (_, _) => throw new SocketException((int)SocketError.AddressAlreadyInUse));

        var interfaces = port.Refresh(only: null);

        Assert.Empty(interfaces.Usable);
        Assert.Equal("lan", Assert.Single(interfaces.Failed).Interface);
    }

    [Fact]
    public void A_socket_that_hears_nothing_any_more_is_opened_anew_and_that_is_told()
    {
        List<DeafSocket> opened = [];
        using var port = new UdpDiscoveryPort(
            () => [new SystemInterface(new MdnsInterface(1, "lan", IsLoopback: false, [System.Net.IPAddress.Loopback]), [])],
            (_, _) =>
            {
                opened.Add(new DeafSocket());
                return opened[^1];
            },
            new HurriedTime(100));
        Assert.Empty(port.Refresh(only: null).Failed);
        AwaitCondition(() => opened[0].Failure is not null, Deadline);

        var interfaces = port.Refresh(only: null);

        Assert.Equal(2, opened.Count);
        Assert.Single(interfaces.Usable);
        Assert.Equal(new InterfaceFailure("lan over IPv4", opened[0].Failure!), Assert.Single(interfaces.Failed));
    }

    private sealed class DeafSocket() : DiscoverySocket(1, DiscoveryMedium.Multicast, AddressFamily.InterNetwork)
    {
        private protected override void SendToAll(ReadOnlySpan<byte> packet) { }

        private protected override bool IsToAll(System.Net.IPAddress destination) => true;

        private protected override ValueTask<SocketReceiveMessageFromResult> ReceiveAsync(Memory<byte> buffer, System.Net.EndPoint from, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new SocketException((int)SocketError.NetworkDown);
        }
    }

    private static MdnsInterface[] Usable()
    {
        using var port = new UdpDiscoveryPort();
        return [.. port.Refresh(null).Usable];
    }
}
