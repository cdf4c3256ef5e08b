using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>Where multicast is blocked, devices are found by broadcast.</summary>
public sealed class BroadcastTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(7);

    [Fact]
    public void Where_multicast_is_blocked_for_all_they_find_each_other_by_broadcast()
    {
        var segment = new Segment(61) { Blocks = (_, _, medium) => medium == DiscoveryMedium.Multicast };
        var nodes = Enumerable.Range(1, 3).Select(i => segment.Join(Some.Options(i))).ToList();

        segment.Run(Soon);

        Assert.All(nodes, n => Assert.Equal(2, n.Said<MdnsEffect.Sighted>().Count(s => s.Medium == DiscoveryMedium.Broadcast)));
        Assert.All(nodes, n => Assert.Equal(
            [(DiscoveryMedium.Multicast, RungState.Nobody), (DiscoveryMedium.Broadcast, RungState.Searching), (DiscoveryMedium.Broadcast, RungState.Found)], Rungs(n)));
        segment.Run(TimeSpan.FromMinutes(30));
        Assert.All(nodes, n => Assert.Empty(n.Said<MdnsEffect.Lost>()));
    }

    [Fact]
    public void Whoever_multicast_does_not_reach_is_found_by_those_who_need_no_broadcast()
    {
        var segment = new Segment(62);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(10));
        Assert.DoesNotContain(segment.Sent, s => s.Medium == DiscoveryMedium.Broadcast);

        var cut = segment.Join(Some.Options(3));
        segment.Blocks = (from, to, medium) => medium == DiscoveryMedium.Multicast && (from == cut || to == cut);
        segment.Run(Soon);

        Assert.Equal(2, cut.Said<MdnsEffect.Sighted>().Count());
        Assert.All([ann, ben], n => Assert.Equal((Some.Device(3), DiscoveryMedium.Broadcast), (n.Said<MdnsEffect.Sighted>().Last().DeviceId, n.Said<MdnsEffect.Sighted>().Last().Medium)));
        segment.Run(TimeSpan.FromMinutes(30));
        Assert.Empty(cut.Said<MdnsEffect.Lost>());
        Assert.All([ann, ben], n => Assert.Empty(n.Said<MdnsEffect.Lost>()));
        Assert.All([ann, ben], n => Assert.DoesNotContain(Rungs(n), r => r.Medium == DiscoveryMedium.Broadcast));
    }

    [Fact]
    public void Where_both_are_blocked_nobody_is_found_and_that_is_said()
    {
        var segment = new Segment(63) { Blocks = (_, _, _) => true };
        var ann = segment.Join(Some.Options(1));
        segment.Join(Some.Options(2));

        segment.Run(TimeSpan.FromSeconds(12));

        Assert.Empty(ann.Said<MdnsEffect.Sighted>());
        Assert.Equal(
            [(DiscoveryMedium.Multicast, RungState.Nobody), (DiscoveryMedium.Broadcast, RungState.Searching), (DiscoveryMedium.Broadcast, RungState.Nobody)], Rungs(ann));
    }

    [Fact]
    public void Where_multicast_works_again_broadcast_rests()
    {
        var segment = new Segment(64) { Blocks = (_, _, medium) => medium == DiscoveryMedium.Multicast };
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(5));
        ann.Effects.Clear();

        segment.Blocks = (_, _, _) => false;
        segment.Run(TimeSpan.FromMinutes(2));

        Assert.Equal([(DiscoveryMedium.Multicast, RungState.Found), (DiscoveryMedium.Broadcast, RungState.Resting)], Rungs(ann));
        Assert.Equal(DiscoveryMedium.Multicast, ann.Said<MdnsEffect.Sighted>().Last().Medium);
        Assert.Empty(ann.Said<MdnsEffect.Lost>());
        var quiet = segment.Sent.Count;
        segment.Run(TimeSpan.FromMinutes(10));
        Assert.DoesNotContain(segment.Sent.Skip(quiet), s => s.Medium == DiscoveryMedium.Broadcast);
        Assert.Empty(ben.Said<MdnsEffect.Duplicate>());
    }

    [Fact]
    public void Who_was_found_by_broadcast_and_says_goodbye_is_lost()
    {
        var segment = new Segment(65) { Blocks = (_, _, medium) => medium == DiscoveryMedium.Multicast };
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(1));

        segment.Feed(ben, new MdnsInput.Stop());
        segment.Run(TimeSpan.FromSeconds(2));

        Assert.Equal(Some.Device(2), Assert.Single(ann.Said<MdnsEffect.Lost>()).DeviceId);
    }

    [Fact]
    public void Two_devices_of_one_host_are_no_sign_that_multicast_works()
    {
        var segment = new Segment(66) { Blocks = (from, to, medium) => medium == DiscoveryMedium.Multicast && from.Network.Addresses[0] != to.Network.Addresses[0] };
        var ann = segment.Join(Some.Options(1), host: 1);
        segment.Join(Some.Options(2), host: 1);
        segment.Join(Some.Options(3), host: 2);

        segment.Run(Soon);

        Assert.Equal([Some.Device(2), Some.Device(3)], ann.Said<MdnsEffect.Sighted>().Select(s => s.DeviceId).Distinct().Order());
    }

    [Fact]
    public void A_broadcast_is_one_datagram_with_all_that_is_announced()
    {
        var segment = new Segment(67) { Blocks = (_, _, _) => true };
        segment.Join(Some.Options(1));

        segment.Run(Soon);

        var announcement = segment.Sent.First(s => s.Medium == DiscoveryMedium.Broadcast && s.Message.IsResponse).Message;
        Assert.Equal([DnsType.Ptr, DnsType.Srv, DnsType.Txt, DnsType.A, DnsType.Aaaa], announcement.Answers.Select(a => a.Type));
    }

    [Fact]
    public void The_latency_counts_from_the_searchs_start_though_multicast_came_first()
    {
        var segment = new Segment(68) { Blocks = (_, _, medium) => medium == DiscoveryMedium.Multicast };
        var nodes = Enumerable.Range(1, 3).Select(i => segment.Join(Some.Options(i))).ToList();

        segment.Run(Soon);

        foreach (var (at, sighted) in nodes.SelectMany(n => n.Effects).Where(e => e.Effect is MdnsEffect.Sighted))
            Assert.InRange(((MdnsEffect.Sighted)sighted).Latency, at - Some.Start - TimeSpan.FromMilliseconds(300), at - Some.Start);
    }

    [Fact]
    public void The_latency_of_a_device_that_comes_later_counts_from_when_it_came()
    {
        var segment = new Segment(69) { Blocks = (_, _, medium) => medium == DiscoveryMedium.Multicast };
        var ann = segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromMinutes(10));

        segment.Join(Some.Options(2));
        segment.Run(Soon);

        Assert.InRange(Assert.Single(ann.Said<MdnsEffect.Sighted>()).Latency, TimeSpan.FromSeconds(5.7), TimeSpan.FromSeconds(5.8));
    }

    [Fact]
    public void When_all_are_gone_a_new_search_begins()
    {
        var segment = new Segment(70) { Blocks = (_, _, medium) => medium == DiscoveryMedium.Broadcast };
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(10));
        Assert.Equal(Some.Start, ann.Machine.SearchStarted);

        segment.Feed(ben, new MdnsInput.Stop());
        segment.Run(TimeSpan.FromMinutes(1));

        Assert.InRange(ann.Machine.SearchStarted!.Value, segment.Now - TimeSpan.FromMinutes(1), segment.Now - TimeSpan.FromSeconds(58));
    }

    private static IEnumerable<(DiscoveryMedium Medium, RungState State)> Rungs(Segment.Node node) => node.Said<MdnsEffect.RungChanged>().Select(r => (r.Medium, r.State));
}
