using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using OpenShare.Device.Discovery.Udp;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Tests.Discovery;

/// <summary>Which of the system's interfaces discovery uses: more than it takes, and none that it can read.</summary>
public sealed class InterfaceChoiceTests
{
    [Fact]
    public void Of_more_interfaces_than_are_used_loopback_those_with_a_router_and_physical_ones_come_first_and_the_rest_is_told()
    {
        var containers = Enumerable.Range(2, 37).Select(i => Interface(i, string.Create(CultureInfo.InvariantCulture, $"veth{i}")));
        using var port = Port(() => [.. containers, Interface(39, "usb0"), Interface(40, "br-lan", hasGateway: true), Interface(41, "lo", isLoopback: true)]);

        var interfaces = port.Refresh(only: null);

        Assert.Equal([.. Enumerable.Range(2, 29), 39, 40, 41], interfaces.Usable.Select(i => i.Index));
        var failure = Assert.Single(interfaces.Failed);
        Assert.Equal("veth31, veth32, veth33 and 5 more", failure.Interface);
        Assert.Contains("--interface", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Interfaces_without_an_address_and_those_that_are_not_wanted_take_no_place()
    {
        var bare = Enumerable.Range(2, 40).Select(i => Interface(i, "bare") with { Network = new MdnsInterface(i, "bare", IsLoopback: false, []) });
        var unwanted = Enumerable.Range(50, 40).Select(i => Interface(i, "unwanted"));
        using var port = Port(() => [.. bare, .. unwanted, Interface(100, "veth100")]);

        var interfaces = port.Refresh(only: ["bare", "veth100"]);

        Assert.Equal(100, Assert.Single(interfaces.Usable).Index);
        Assert.Empty(interfaces.Failed);
    }

    [Fact]
    public void Where_the_interfaces_cannot_be_read_those_of_before_are_used()
    {
        IEnumerable<SystemInterface>? read = [Interface(2, "lan")];
        var joined = 0;
        using var port = new UdpDiscoveryPort(() => read, (index, _) =>
        {
            joined++;
            return new SilentSocket(index);
        });
        port.Refresh(only: null);

        read = null;
        Assert.Equal(2, Assert.Single(port.Refresh(only: null).Usable).Index);

        read = [];
        Assert.Empty(port.Refresh(only: null).Usable);
        Assert.Equal(1, joined);
    }

    [Fact]
    public void A_list_of_interfaces_that_fails_is_no_empty_list()
    {
        Assert.Null(SystemInterfaces.Read(() => throw new NetworkInformationException()));
        Assert.Empty(SystemInterfaces.Read(() => [])!);
    }

    private static UdpDiscoveryPort Port(Func<IEnumerable<SystemInterface>> interfaces) => new(interfaces, (index, _) => new SilentSocket(index));

    private static SystemInterface Interface(int index, string name, bool isLoopback = false, bool hasGateway = false) =>
        new(new MdnsInterface(index, name, isLoopback, [new IPAddress([10, 0, 0, (byte)index])]), []) { HasGateway = hasGateway };

    private sealed class SilentSocket(int networkInterface) : DiscoverySocket(networkInterface, DiscoveryMedium.Multicast, AddressFamily.InterNetwork)
    {
        private protected override void SendToAll(ReadOnlySpan<byte> packet) { }

        private protected override bool IsToAll(IPAddress destination) => false;

        private protected override async ValueTask<SocketReceiveMessageFromResult> ReceiveAsync(Memory<byte> buffer, EndPoint from, CancellationToken cancellation)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return default;
        }
    }
}
