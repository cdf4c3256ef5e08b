using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>Devices with two interfaces in one network, as a laptop has in its dock with Wi-Fi on.</summary>
public sealed class TwoInterfacesTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly Segment _segment = new(81);

    [Fact]
    public void Their_addresses_are_sighted_together_and_once()
    {
        var (ann, ben, cleo) = (_segment.Join(Some.Options(1)), Docked(2), Docked(3));
        _segment.Run(Soon);
        foreach (var node in _segment.Nodes)
        {
            Assert.Equal(2, node.Said<MdnsEffect.Sighted>().Select(s => s.DeviceId).Distinct().Count());
            // Each time by one interface more, of the other or of its own.
            Assert.InRange(node.Said<MdnsEffect.Sighted>().Count(), 2, 8);
            node.Effects.Clear();
        }

        _segment.Run(TimeSpan.FromMinutes(15));

        Assert.All(_segment.Nodes, n => Assert.DoesNotContain(n.Effects, e => e.Effect is not MdnsEffect.Send and not MdnsEffect.HeardAgain));
        _segment.Feed(ann, new MdnsInput.LookAgain());
        _segment.Run(Soon);
        Assert.Empty(ann.Said<MdnsEffect.Sighted>());
        Assert.Empty(ben.Said<MdnsEffect.Duplicate>().Concat(cleo.Said<MdnsEffect.Duplicate>()));
    }

    [Fact]
    public void The_addresses_of_the_one_that_goes_away_go_with_it()
    {
        var (ann, ben) = (_segment.Join(Some.Options(1)), Docked(2));
        _segment.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(4, Sighted(ann).Length);

        _segment.Feed(ben, new MdnsInput.InterfacesChanged([ben.Network]));
        _segment.Run(TimeSpan.FromSeconds(2));

        Assert.Equal(["10.0.2.2", "fe80::2:2%2"], Sighted(ann));
        Assert.Empty(ann.Said<MdnsEffect.Lost>());
    }

    [Fact]
    public void They_go_as_well_where_nobody_says_so()
    {
        var (ann, ben) = (_segment.Join(Some.Options(1)), Docked(2));
        _segment.Run(TimeSpan.FromMinutes(5));

        _segment.Hears = node => node != ann;
        _segment.Feed(ben, new MdnsInput.InterfacesChanged([ben.Network]));
        _segment.Run(TimeSpan.FromSeconds(1));
        _segment.Hears = _ => true;
        _segment.Run(TimeSpan.FromMinutes(2));

        Assert.Equal(["10.0.2.2", "fe80::2:2%2"], Sighted(ann));
    }

    [Fact]
    public void An_address_that_took_anothers_place_on_one_interface_is_the_only_one()
    {
        var (ann, ben) = (_segment.Join(Some.Options(1)), _segment.Join(Some.Options(2)));
        _segment.Run(TimeSpan.FromMinutes(5));

        _segment.Feed(ben, new MdnsInput.InterfacesChanged([ben.Network with { Addresses = [ben.Network.Addresses[0], IPAddress.Parse("fe80::2:99")] }]));
        _segment.Run(TimeSpan.FromSeconds(3));

        Assert.Equal(["10.0.2.2", "fe80::2:99%2"], Sighted(ann));
    }

    [Fact]
    public void In_two_networks_each_hears_of_the_addresses_in_it_alone()
    {
        var machine = new MdnsMachine(Some.Options(1), new Some.Random(82));
        List<MdnsEffect> effects = [.. machine.Handle(new MdnsInput.InterfacesChanged([Some.Network(1, 2), Some.Network(1, 3)]), Some.Start)];
        while (!machine.IsAnnounced)
            effects.AddRange(machine.Handle(new MdnsInput.TimeoutReached(), machine.NextTimeout!.Value));
        effects.AddRange(machine.Handle(new MdnsInput.InterfacesChanged([Some.Network(1, 2)]), Some.Start.AddMinutes(1)));

        foreach (var send in effects.Of<MdnsEffect.Send>())
        {
            var said = DnsMessage.Decode(send.Packet.Span).Said.Select(r => r.Data).OfType<DnsData.Address>().Select(a => a.Value);
            Assert.Subset(Some.Network(1, send.Interface).Addresses.ToHashSet(), said.ToHashSet());
        }
    }

    private Segment.Node Docked(int number) => _segment.Join(
        Some.Options(number), host: number,
        second: new MdnsInterface(3, "wlan0", IsLoopback: false, [IPAddress.Parse($"10.0.2.{100 + number}"), IPAddress.Parse($"fe80::3:{number}")]));

    private static string[] Sighted(Segment.Node node) => [.. node.Said<MdnsEffect.Sighted>().Last().Place.Addresses.Select(a => a.ToString())];
}
