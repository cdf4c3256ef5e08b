using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>A device that has no account and shows itself to be paired.</summary>
public sealed class UnpairedTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public void It_is_seen_by_devices_of_every_account_and_by_others_like_it()
    {
        var segment = new Segment(1);
        var (ann, eve) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2, account: Some.OtherAccount)));
        var (tablet, phone) = (segment.Join(Unpaired(3, "tablet")), segment.Join(Unpaired(4, "phone")));
        segment.Run(Soon);

        foreach (var node in new[] { ann, eve })
            Assert.Equal([(Some.Device(3), true), (Some.Device(4), true)], node.Said<MdnsEffect.Sighted>().Select(s => (s.DeviceId, s.IsUnpaired)).Order());
        Assert.Equal(["phone"], tablet.Said<MdnsEffect.Sighted>().Select(s => s.Name));
        Assert.All(phone.Said<MdnsEffect.Sighted>(), s => Assert.True(s.IsUnpaired));

        segment.Feed(tablet, new MdnsInput.Stop());
        segment.Run(Soon);
        Assert.Equal([(Some.Device(3), true)], ann.Said<MdnsEffect.Lost>().Select(l => (l.DeviceId, l.IsUnpaired)));
    }

    [Fact]
    public void Once_it_is_paired_it_is_a_device_of_the_account()
    {
        var segment = new Segment(2);
        var (ann, tablet) = (segment.Join(Some.Options(1)), segment.Join(Unpaired(3, "tablet")));
        segment.Run(Soon);
        segment.Feed(tablet, new MdnsInput.OptionsChanged(Some.Options(3, "tablet")));
        segment.Run(Soon);

        Assert.Equal([true, false], ann.Said<MdnsEffect.Sighted>().Select(s => s.IsUnpaired).Distinct());
        Assert.True(Assert.Single(ann.Said<MdnsEffect.Lost>()).IsUnpaired);
    }

    // Else whoever shows himself could end the search for the account's own devices, or cast doubt on one of them.
    [Fact]
    public void It_is_nobody_found_and_no_duplicate_of_a_device_of_the_account()
    {
        var segment = new Segment(3);
        var (ann, _) = (segment.Join(Some.Options(1)), segment.Join(Unpaired(3, "tablet")));
        segment.Run(TimeSpan.FromMinutes(1));
        Assert.Contains(ann.Said<MdnsEffect.RungChanged>(), r => r is { Medium: DiscoveryMedium.Broadcast, State: RungState.Nobody });
        Assert.Empty(ann.Said<MdnsEffect.HeardAgain>());

        var ben = segment.Join(Some.Options(2));
        segment.Join(Unpaired(2, "Ben"));
        segment.Run(TimeSpan.FromMinutes(1));
        Assert.Empty(ann.Said<MdnsEffect.Duplicate>());
        Assert.Empty(ben.Said<MdnsEffect.Duplicate>());
        Assert.Contains(ann.Said<MdnsEffect.Sighted>(), s => s.DeviceId == Some.Device(2) && !s.IsUnpaired);
    }

    private static MdnsOptions Unpaired(int number, string name) => Some.Options(number, name, AccountHash.Unpaired);
}
