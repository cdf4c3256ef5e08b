using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>Two that want one name, and two that say they are one device.</summary>
public sealed class MdnsConflictTests
{
    [Fact]
    public void Who_comes_later_to_a_name_gets_a_number()
    {
        var segment = new Segment(1);
        var first = segment.Join(Some.Options(1, "laptop"));
        segment.Run(TimeSpan.FromSeconds(10));
        var second = segment.Join(Some.Options(2, "laptop"));

        segment.Run(TimeSpan.FromSeconds(10));

        Assert.Equal("laptop", first.Machine.AnnouncedName);
        Assert.Equal("laptop (2)", second.Machine.AnnouncedName);
        Assert.Equal("laptop (2)", Assert.Single(second.Said<MdnsEffect.Renamed>()).Name);
        Assert.Equal("laptop (2)", first.Said<MdnsEffect.Sighted>().Last().Name);
        Assert.Equal("laptop", second.Said<MdnsEffect.Sighted>().Last().Name);
    }

    [Fact]
    public void Of_three_that_start_at_once_each_gets_its_own_name()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var segment = new Segment(seed);
            var nodes = Enumerable.Range(1, 3).Select(i => segment.Join(Some.Options(i, "laptop"))).ToList();

            segment.Run(TimeSpan.FromSeconds(20));

            Assert.Equal(["laptop", "laptop (2)", "laptop (3)"], nodes.Select(n => n.Machine.AnnouncedName).Order(StringComparer.Ordinal));
            Assert.All(nodes, n => Assert.True(n.Machine.IsAnnounced));
            Assert.All(nodes, n => Assert.Equal(2, n.Said<MdnsEffect.Sighted>().Select(s => s.DeviceId).Distinct().Count()));
        }
    }

    [Fact]
    public void A_long_name_gives_way_to_its_number_at_a_whole_character()
    {
        var segment = new Segment(2);
        var name = string.Concat(Enumerable.Repeat("名", 40));
        segment.Join(Some.Options(1, name));
        segment.Run(TimeSpan.FromSeconds(10));
        var second = segment.Join(Some.Options(2, name));

        segment.Run(TimeSpan.FromSeconds(10));

        Assert.Equal(string.Concat(Enumerable.Repeat("名", 19)) + " (2)", second.Machine.AnnouncedName);
    }

    [Fact]
    public void A_device_that_hears_itself_on_two_interfaces_is_not_in_its_own_way()
    {
        var (first, second) = (Some.Network(1, 2), Some.Network(1, 3));
        var machine = new MdnsMachine(Some.Options(1), new Some.Random(3));
        List<MdnsEffect> effects = [.. machine.Handle(new MdnsInput.InterfacesChanged([first, second]), Some.Start)];
        for (var i = 0; i < effects.Count && i < 500; i++)
        {
            // Both interfaces are on one segment: what goes out on either comes back on both.
            var now = machine.NextTimeout!.Value;
            foreach (var (network, index) in ((MdnsInterface, int)[])[(first, 2), (second, 3)])
            {
                if (effects[i] is MdnsEffect.Send send)
                    effects.AddRange(machine.Handle(new MdnsInput.PacketReceived(network.Index, new MdnsPacket(Some.Mdns((index == send.Interface ? first : second).Addresses[0]), send.Packet)), now));
            }

            effects.AddRange(machine.Handle(new MdnsInput.TimeoutReached(), now));
        }

        while (!machine.IsAnnounced)
            effects.AddRange(machine.Handle(new MdnsInput.TimeoutReached(), machine.NextTimeout!.Value));
        Assert.Empty(effects.Of<MdnsEffect.Renamed>());
        Assert.Empty(effects.Of<MdnsEffect.Duplicate>());
        Assert.Empty(effects.Of<MdnsEffect.Sighted>());
    }

    [Fact]
    public void A_cloned_device_is_told_to_everybody_and_to_both_clones()
    {
        var segment = new Segment(4);
        var (ann, original) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2, "Ben")));
        segment.Run(TimeSpan.FromSeconds(10));
        var clone = segment.Join(Some.Options(2, "Ben"));

        segment.Run(TimeSpan.FromSeconds(10));

        foreach (var node in (Segment.Node[])[ann, original, clone])
        {
            var duplicate = node.Said<MdnsEffect.Duplicate>().Last();
            Assert.Equal(Some.Device(2), duplicate.DeviceId);
            Assert.Equal(["openshare-00020000-2.local", "openshare-00020000.local"], duplicate.Places.Select(p => p.Host).Order(StringComparer.Ordinal));
        }

        Assert.Equal("10.0.2.2", ann.Said<MdnsEffect.Sighted>().Last(s => s.DeviceId == Some.Device(2)).Place.Addresses[0].ToString());

        segment.Feed(clone, new MdnsInput.Stop());
        segment.Run(TimeSpan.FromSeconds(2));
        Assert.Equal(Some.Device(2), Assert.Single(ann.Said<MdnsEffect.DuplicateEnded>()).DeviceId);
        Assert.Single(original.Said<MdnsEffect.DuplicateEnded>());
        Assert.Empty(ann.Said<MdnsEffect.Lost>());
    }

    [Fact]
    public void A_device_with_two_interfaces_is_one_place()
    {
        var segment = new Segment(5);
        var ann = segment.Join(Some.Options(1));
        var (wire, wifi) = (Some.Network(9, 2), Some.Network(9, 3));
        var both = new MdnsMachine(Some.Options(2), new Some.Random(5));
        var sent = new List<MdnsEffect>(both.Handle(new MdnsInput.InterfacesChanged([wire, wifi]), segment.Now));
        while (!both.IsAnnounced)
            sent.AddRange(both.Handle(new MdnsInput.TimeoutReached(), both.NextTimeout!.Value));

        foreach (var send in sent.Of<MdnsEffect.Send>())
            segment.Inject(DnsMessage.Decode(send.Packet.Span), Some.Mdns((send.Interface == 2 ? wire : wifi).Addresses[0]));
        segment.Run(TimeSpan.FromSeconds(10));

        Assert.Equal(["10.0.2.9", "10.0.3.9", "fe80::2:9%2", "fe80::3:9%2"], ann.Said<MdnsEffect.Sighted>().Last().Place.Addresses.Select(a => a.ToString()));
        Assert.Empty(ann.Said<MdnsEffect.Duplicate>());
    }

    [Fact]
    public void Conflicts_that_do_not_end_have_each_try_wait_until_they_do()
    {
        var rate = new ConflictRate();
        var now = Some.Start;
        for (var i = 1; i < 15; i++)
            Assert.Equal(TimeSpan.Zero, rate.Count(now += TimeSpan.FromMilliseconds(10)));
        for (var i = 0; i < 1000; i++)
            Assert.Equal(TimeSpan.FromSeconds(5), rate.Count(now += TimeSpan.FromMilliseconds(600)));

        Assert.Equal(TimeSpan.Zero, rate.Count(now + TimeSpan.FromSeconds(11)));
    }

    [Fact]
    public void Somebody_who_answers_every_probe_slows_us_down_and_does_not_make_us_storm()
    {
        var segment = new Segment(6);
        var ann = segment.Join(Some.Options(1, "laptop"));
        var conflicts = 0;
        for (var i = 0; i < 120_000 / 50; i++)
        {
            segment.Run(TimeSpan.FromMilliseconds(50));
            var name = DnsName.Of(ann.Machine.AnnouncedName, "_openshare", "_tcp", "local");
            conflicts++;
            segment.Inject(
                new DnsMessage { IsResponse = true, Answers = [new DnsRecord(name, new DnsData.Service(0, 0, 1, DnsName.Of("evil", "local")), 120, true)] },
                Some.Mdns(IPAddress.Parse("10.0.2.66")));
        }

        Assert.True(conflicts > 2000);
        Assert.True(segment.Sent.Count < 600, $"{segment.Sent.Count} packets in two minutes");
    }
}
