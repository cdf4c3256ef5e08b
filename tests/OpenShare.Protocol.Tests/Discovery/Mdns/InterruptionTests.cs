using System.Net;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>An interface that goes away and comes back.</summary>
public sealed class InterruptionTests
{
    private const int Crowd = 10;

    [Theory]
    [InlineData(5, 0, 2)]
    [InlineData(61, Crowd - 1, Crowd)]
    public void Who_is_back_in_its_network_is_told_again_only_by_those_it_has_not_heard_for_long(int seconds, int atLeast, int atMost)
    {
        var (segment, ann) = Met();

        Leave(segment, ann, TimeSpan.FromSeconds(seconds));
        var before = segment.Sent.Count;
        segment.Feed(ann, new MdnsInput.InterfacesChanged([ann.Network]));
        segment.Run(TimeSpan.FromMilliseconds(400));

        Assert.InRange(segment.Sent.Skip(before).Count(s => s.Message.IsResponse && s.From != ann), atLeast, atMost);
        Assert.Equal(Crowd - 1, ann.Said<MdnsEffect.Lost>().Count());
        Assert.Equal(Crowd - 1, ann.Said<MdnsEffect.Sighted>().Count());
        Assert.All(ann.Said<MdnsEffect.Sighted>(), s => Assert.InRange(s.Latency, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Who_is_back_in_its_network_sights_the_others_at_once()
    {
        var (segment, ann) = Met();
        Leave(segment, ann);
        ann.Effects.Clear();

        segment.Feed(ann, new MdnsInput.InterfacesChanged([ann.Network]));

        Assert.Equal(Crowd - 1, ann.Said<MdnsEffect.Sighted>().Count());
    }

    [Theory]
    [InlineData("10.9.9.9")]
    [InlineData("fe80::2:1")]
    [InlineData("169.254.7.7")]
    public void Who_comes_back_elsewhere_knows_nobody(string address)
    {
        var (segment, ann) = Met("169.254.7.7");
        Leave(segment, ann);
        ann.Effects.Clear();

        segment.Feed(ann, new MdnsInput.InterfacesChanged([ann.Network with { Addresses = [IPAddress.Parse(address)] }]));

        Assert.Empty(ann.Said<MdnsEffect.Sighted>());
    }

    [Fact]
    public void Who_is_in_another_network_from_one_moment_to_the_next_has_lost_the_others_and_searches_anew()
    {
        var (segment, ann) = Met();
        ann.Effects.Clear();

        segment.Feed(ann, new MdnsInput.InterfacesChanged([ann.Network with { Addresses = [IPAddress.Parse("10.9.9.9")] }]));

        Assert.Equal(Crowd - 1, ann.Said<MdnsEffect.Lost>().Count());
        Assert.All(ann.Machine.Rungs.Where(r => r.Medium == DiscoveryMedium.Multicast), r => Assert.Equal(RungState.Searching, r.State));
    }

    [Fact]
    public void Who_left_in_the_meantime_is_lost_as_ever()
    {
        var (segment, ann) = Met();
        var ben = segment.Nodes[1];
        Leave(segment, ann);
        segment.Kill(ben);

        segment.Feed(ann, new MdnsInput.InterfacesChanged([ann.Network]));
        ann.Effects.Clear();
        segment.Run(TimeSpan.FromMinutes(3));

        Assert.Equal(Some.Device(2), Assert.Single(ann.Said<MdnsEffect.Lost>()).DeviceId);
    }

    [Fact]
    public void Whose_cable_is_out_for_longer_than_records_live_is_lost_by_the_others_and_each_sights_the_other_within_five_seconds_of_its_return()
    {
        var (segment, ann) = Met();
        var ben = segment.Nodes[1];
        Leave(segment, ann, TimeSpan.FromSeconds(150));
        Assert.Contains(ben.Said<MdnsEffect.Lost>(), l => l.DeviceId == Some.Device(1));
        ben.Effects.Clear();
        ann.Effects.Clear();

        segment.Feed(ann, new MdnsInput.InterfacesChanged([ann.Network]));
        segment.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(Crowd - 1, ann.Said<MdnsEffect.Sighted>().Count());
        Assert.All(segment.Nodes.Where(n => n != ann), n => Assert.Contains(n.Said<MdnsEffect.Sighted>(), s => s.DeviceId == Some.Device(1)));
    }

    private static (Segment Segment, Segment.Node Ann) Met(string? oneMore = null)
    {
        var segment = new Segment(51);
        var nodes = Enumerable.Range(1, Crowd).Select(i => segment.Join(Some.Options(i))).ToList();
        var ann = nodes[0];
        if (oneMore is not null)
            segment.Feed(ann, new MdnsInput.InterfacesChanged([ann.Network with { Addresses = [.. ann.Network.Addresses, IPAddress.Parse(oneMore)] }]));
        segment.Run(TimeSpan.FromMinutes(5));
        return (segment, ann);
    }

    private static void Leave(Segment segment, Segment.Node node, TimeSpan? time = null)
    {
        node.Effects.Clear();
        segment.Hears = n => n != node;
        segment.Feed(node, new MdnsInput.InterfacesChanged([]));
        segment.Run(time ?? TimeSpan.FromSeconds(5));
        segment.Hears = _ => true;
    }

    [Fact]
    public void Who_was_away_unnoticed_is_heard_again_as_soon_as_it_is_back_and_once()
    {
        var (segment, ann) = Met();
        var ben = segment.Nodes[1];
        Leave(segment, ben, TimeSpan.FromSeconds(20));
        ann.Effects.Clear();

        segment.Feed(ben, new MdnsInput.InterfacesChanged([ben.Network]));
        var back = segment.Now;
        segment.Run(TimeSpan.FromSeconds(10));

        var (at, _) = Assert.Single(ann.Effects, e => e.Effect is MdnsEffect.HeardAgain heard && heard.DeviceId == Some.Device(2));
        Assert.InRange(at - back, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        Assert.Empty(ann.Said<MdnsEffect.Sighted>());
    }

    [Fact]
    public void Who_announces_itself_again_and_again_was_not_away()
    {
        var segment = new Segment(52);
        var ann = segment.Join(Some.Options(1));
        segment.Join(Some.Options(2));

        segment.Run(TimeSpan.FromSeconds(25));

        Assert.Empty(ann.Said<MdnsEffect.HeardAgain>());
    }
}
